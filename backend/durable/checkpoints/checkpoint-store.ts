import { randomUUID } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointManifest } from '../../protocol/checkpoint.ts';
import type { CheckpointInfo } from '../../protocol/client/checkpoints.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { LanguageId } from '../../protocol/values.ts';
import { type CheckpointHeader, damaged, decodeCheckpoint, partsInside } from './checkpoint-file.ts';
import { CheckpointFiles, describe, ENDING } from './checkpoint-files.ts';
import { atMost, enoughToGo, sum } from './room.ts';

/** Made by themselves, of one session. */
const AUTOMATIC_KEPT = 3;

/** What a session gave. */
export interface NewCheckpoint {
  readonly name: string | null;
  readonly sessionId: string;
  readonly sessionName: string;
  readonly language: LanguageId;
  readonly version: string;
  readonly manifest: CheckpointManifest;
  readonly parts: readonly Uint8Array[];
}

export interface CheckpointStoreOptions {
  /** On disk, all together. */
  maxBytes(): number;
  /** There is another one, one fewer, or one of another name. */
  changed(): void;
  /** Those are gone, whoever wanted it. */
  removed(checkpointIds: readonly string[]): void;
}

/** The checkpoints of one workspace: which there are, what they are called, and which give way. One change at a time. */
export class CheckpointStore {
  readonly #folder: string;
  readonly #files: CheckpointFiles;
  readonly #options: CheckpointStoreOptions;
  #last: Promise<unknown> = Promise.resolve();

  /** @param folder absolute path; made with the first call. */
  constructor(folder: string, options: CheckpointStoreOptions) {
    this.#folder = folder;
    this.#files = new CheckpointFiles(folder, () => options.changed());
    this.#options = options;
  }

  /** Newest first. */
  list(): Promise<CheckpointInfo[]> {
    return this.#alone(async () => this.#sorted(await this.#files.headers()).map((header) => this.#info(header)));
  }

  /**
   * One without a name that has nothing else than the newest such of its session is not stored: that one is given back.
   * @throws HoldfastError `conflict` when the name is taken, `unavailable` when there is no room.
   */
  add({ parts, ...made }: NewCheckpoint): Promise<CheckpointInfo> {
    return this.#alone(async () => {
      const headers = await this.#files.headers();
      this.#checkName(made.name, headers);
      const described = await describe(parts);
      const [newest] = this.#automatic(headers, made.sessionId);
      if (made.name === null && newest && holdsAll(newest, { manifest: made.manifest, parts: described })) {
        return this.#info(newest);
      }
      await this.#makeRoom(atMost(made.manifest, parts));
      const whole = { ...made, parts: described, checkpointId: randomUUID(), createdAt: Date.now() };
      const header = await this.#files.write(whole, parts);
      await this.#retire(made.sessionId);
      return this.#info(header);
    });
  }

  /** @throws HoldfastError `not_found` */
  read(checkpointId: string): Promise<{ info: CheckpointInfo; manifest: CheckpointManifest }> {
    return this.#alone(async () => {
      const header = get(await this.#files.headers(), checkpointId);
      return { info: this.#info(header), manifest: header.manifest };
    });
  }

  /** The bytes of these parts. @throws HoldfastError `not_found`, `unavailable` and `invalid` when something of it is gone or damaged. */
  parts(checkpointId: string, numbers: readonly number[]): Promise<Uint8Array[]> {
    return this.#alone(async () => this.#files.parts(get(await this.#files.headers(), checkpointId), numbers));
  }

  /** The newest of a session, else of one of the same name and language. */
  newest(session: { id: string; name: string; language: LanguageId }): Promise<CheckpointInfo | undefined> {
    return this.#alone(async () => {
      const all = this.#sorted(await this.#files.headers()).filter(({ language }) => language === session.language);
      const found =
        all.find(({ sessionId }) => sessionId === session.id) ??
        all.find(({ sessionName }) => sessionName === session.name);
      return found && this.#info(found);
    });
  }

  /** @throws HoldfastError `not_found`, `conflict` when the name is taken. */
  rename(checkpointId: string, name: string): Promise<CheckpointInfo> {
    return this.#alone(async () => {
      const headers = await this.#files.headers();
      const header = get(headers, checkpointId);
      if (header.name === name) return this.#info(header);
      this.#checkName(name, headers);
      return this.#info(await this.#files.rename(header, name));
    });
  }

  /** @throws HoldfastError `not_found` */
  remove(checkpointId: string): Promise<void> {
    return this.#alone(async () => {
      get(await this.#files.headers(), checkpointId);
      await this.#delete([checkpointId]);
    });
  }

  /** Writes it with all its parts to a file that is new. @throws HoldfastError `not_found`, `unavailable` */
  export(checkpointId: string, file: string): Promise<number> {
    return this.#alone(async () => {
      const content = await this.#files.whole(get(await this.#files.headers(), checkpointId));
      try {
        const handle = await open(file, 'wx', 0o600);
        try {
          for (const piece of content) await handle.writeFile(piece);
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw new HoldfastError('unavailable', `${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
      }
      return sum(content.map(({ length }) => length));
    });
  }

  /** Takes a file in that `export` wrote, here or elsewhere. @throws HoldfastError `unavailable`, `invalid`, `conflict` */
  import(file: string, name: string | null): Promise<CheckpointInfo> {
    return this.#alone(async () => {
      const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
        throw new HoldfastError('unavailable', `${file} cannot be read (${error.code}).`);
      });
      const { header, start } = decodeCheckpoint(content);
      if (header.parts.some(({ inside }) => !inside)) throw damaged();
      const parts = await partsInside(header, content, start);
      const headers = await this.#files.headers();
      const wanted = name ?? header.name ?? path.basename(file, ENDING).slice(0, 100);
      this.#checkName(wanted, headers);
      await this.#makeRoom(content.length);
      const described = await describe(parts);
      // Another id, or one of the same checkpoint would replace it. Its signature says whether it is ours.
      const { signature, parts: _, ...rest } = header;
      const made = { ...rest, name: wanted, parts: described, checkpointId: randomUUID() };
      return this.#info(await this.#files.write(made, parts, this.#files.isOwn(header) ? undefined : signature));
    });
  }

  async #delete(checkpointIds: readonly string[]): Promise<void> {
    if (checkpointIds.length === 0) return;
    await this.#files.delete(checkpointIds);
    this.#options.removed(checkpointIds);
  }

  #alone<Result>(action: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(action).catch((error: NodeJS.ErrnoException) => {
      if (error instanceof HoldfastError || error.code === undefined) throw error;
      const what = `Checkpoints cannot be kept in ${this.#folder} (${error.code}).`;
      throw new HoldfastError('unavailable', what, { cause: error });
    });
    this.#last = mine.catch(() => {});
    return mine;
  }

  #sorted(headers: ReadonlyMap<string, CheckpointHeader>): CheckpointHeader[] {
    return [...headers.values()].sort((one, other) => other.createdAt - one.createdAt);
  }

  #info(header: CheckpointHeader): CheckpointInfo {
    const { manifest, parts, signature: _, ...rest } = header;
    const count = (how: string) => manifest.variables.filter((variable) => variable.how === how).length;
    return {
      ...rest,
      bytes: sum(parts.map(({ bytes }) => bytes)),
      stored: count('stored'),
      source: count('source'),
      imported: count('import'),
      notStored: count('not_stored'),
      foreign: !this.#files.isOwn(header),
    };
  }

  #checkName(name: string | null, headers: ReadonlyMap<string, CheckpointHeader>): void {
    if (name === null || ![...headers.values()].some((header) => header.name === name)) return;
    throw new HoldfastError(
      'conflict',
      `There is a checkpoint named ${JSON.stringify(name)} already. Choose another name.`,
    );
  }

  /** Those that made themselves give way, the oldest first, if that is enough. @throws HoldfastError `unavailable` */
  async #makeRoom(bytes: number): Promise<void> {
    const most = this.#options.maxBytes();
    const headers = await this.#files.headers();
    const { total, taken } = await this.#files.sizes();
    const automatic = this.#sorted(headers).filter(({ name }) => name === null);
    const going = enoughToGo(total + bytes - most, automatic.reverse(), headers.values(), taken);
    if (!going) {
      const allowed = `${Math.round(most / 2 ** 20)} MB`;
      throw new HoldfastError(
        'unavailable',
        `There is no room for the checkpoint: all together may take ${allowed}. Remove some, or change holdfast.checkpoints.maxTotalSize.`,
      );
    }
    await this.#delete(going.map(({ checkpointId }) => checkpointId));
  }

  /** Those of a session that made themselves, newest first. */
  #automatic(headers: ReadonlyMap<string, CheckpointHeader>, sessionId: string): CheckpointHeader[] {
    return this.#sorted(headers).filter((header) => header.name === null && header.sessionId === sessionId);
  }

  async #retire(sessionId: string): Promise<void> {
    const automatic = this.#automatic(await this.#files.headers(), sessionId);
    await this.#delete(automatic.slice(AUTOMATIC_KEPT).map(({ checkpointId }) => checkpointId));
  }
}

/** @throws HoldfastError `not_found` */
function get(headers: ReadonlyMap<string, CheckpointHeader>, checkpointId: string): CheckpointHeader {
  const header = headers.get(checkpointId);
  if (!header) throw new HoldfastError('not_found', 'That checkpoint does not exist (any more).');
  return header;
}

type Content = Pick<CheckpointHeader, 'manifest' | 'parts'>;

/** The same values, and of each variable that could not be stored it says so, too. */
function holdsAll(older: Content, newer: Content): boolean {
  const missing = ({ manifest }: Content) => manifest.variables.filter(({ how }) => how === 'not_stored');
  const text = ({ manifest, parts }: Content) => {
    const variables = manifest.variables.filter(({ how }) => how !== 'not_stored');
    return JSON.stringify([{ ...manifest, variables }, parts.map(({ sha256 }) => sha256)]);
  };
  const known = new Set(missing(older).map(({ name }) => name));
  return missing(newer).every(({ name }) => known.has(name)) && text(older) === text(newer);
}
