import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { log } from '../../log.ts';
import type { CheckpointManifest } from '../../protocol/checkpoint.ts';
import type { CheckpointInfo } from '../../protocol/client/checkpoints.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { LanguageId } from '../../protocol/values.ts';
import { writeWhole } from '../../write-whole.ts';
import { BlobStore, sha256, sizeOf } from './blob-store.ts';
import {
  type CheckpointHeader,
  damaged,
  decodeCheckpoint,
  encodeCheckpoint,
  isSignedBy,
  type Part,
  signatureOf,
} from './checkpoint-file.ts';
import { blobsOf, enoughToGo } from './room.ts';
import { signingKey } from './signing-key.ts';

const ENDING = '.checkpoint';
/** Smaller parts are in the checkpoint's own file: a file for each would cost more than they do. */
const MIN_BLOB_BYTES = 32 * 1024;
/** What a header takes beside its manifest, and each part in it. */
const HEADER_BYTES = 1024;
const PART_BYTES = 128;
const PUT_AT_ONCE = 4;
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
}

/** The checkpoints of one workspace: a file each, large parts aside, each stored once. One change at a time. */
export class CheckpointStore {
  readonly #folder: string;
  readonly #blobs: BlobStore;
  readonly #options: CheckpointStoreOptions;
  #key: Buffer | undefined;
  #headers: Map<string, CheckpointHeader> | undefined;
  /** There are checkpoints that cannot be read, and so nothing says which parts are theirs. */
  #hasUnreadable = false;
  #last: Promise<unknown> = Promise.resolve();

  /** @param folder absolute path; made at the first write. */
  constructor(folder: string, options: CheckpointStoreOptions) {
    this.#folder = folder;
    this.#blobs = new BlobStore(path.join(folder, 'blobs'));
    this.#options = options;
  }

  /** Newest first. */
  list(): Promise<CheckpointInfo[]> {
    return this.#alone(async () => this.#sorted(await this.#load()).map((header) => this.#info(header)));
  }

  /**
   * One without a name that has nothing else than the newest such of its session is not stored: that one is given back.
   * @throws HoldfastError `conflict` when the name is taken, `unavailable` when there is no room.
   */
  add({ parts, ...made }: NewCheckpoint): Promise<CheckpointInfo> {
    return this.#alone(async () => {
      const headers = await this.#load();
      this.#checkName(made.name, headers);
      const described = await describe(parts);
      const [newest] = this.#automatic(headers, made.sessionId);
      if (made.name === null && newest && holdsAll(newest, { manifest: made.manifest, parts: described })) {
        return this.#info(newest);
      }
      await this.#makeRoom(atMost(made.manifest, parts));
      const whole = { ...made, parts: described, checkpointId: randomUUID(), createdAt: Date.now() };
      const header = await this.#write(whole, parts);
      await this.#retire(made.sessionId);
      return this.#info(header);
    });
  }

  /** @throws HoldfastError `not_found` */
  read(checkpointId: string): Promise<{ info: CheckpointInfo; manifest: CheckpointManifest }> {
    return this.#alone(async () => {
      const header = get(await this.#load(), checkpointId);
      return { info: this.#info(header), manifest: header.manifest };
    });
  }

  /** The bytes of these parts. @throws HoldfastError `not_found`, `unavailable` and `invalid` when something of it is gone or damaged. */
  parts(checkpointId: string, numbers: readonly number[]): Promise<Uint8Array[]> {
    return this.#alone(async () => this.#parts(get(await this.#load(), checkpointId), numbers));
  }

  /** The newest of a session, else of one of the same name and language. */
  newest(session: { id: string; name: string; language: LanguageId }): Promise<CheckpointInfo | undefined> {
    return this.#alone(async () => {
      const all = this.#sorted(await this.#load()).filter(({ language }) => language === session.language);
      const found =
        all.find(({ sessionId }) => sessionId === session.id) ??
        all.find(({ sessionName }) => sessionName === session.name);
      return found && this.#info(found);
    });
  }

  /** @throws HoldfastError `not_found`, `conflict` when the name is taken. */
  rename(checkpointId: string, name: string): Promise<CheckpointInfo> {
    return this.#alone(async () => {
      const headers = await this.#load();
      const header = get(headers, checkpointId);
      if (header.name === name) return this.#info(header);
      this.#checkName(name, headers);
      const content = await this.#read(checkpointId);
      const small = await inside(header, content, decodeCheckpoint(content).start);
      // Its signature says nothing of its name.
      return this.#info(await this.#put({ ...header, name }, small));
    });
  }

  /** @throws HoldfastError `not_found` */
  remove(checkpointId: string): Promise<void> {
    return this.#alone(async () => {
      get(await this.#load(), checkpointId);
      await this.#delete([checkpointId]);
    });
  }

  /** Writes it with all its parts to a file that is new. @throws HoldfastError `not_found`, `unavailable` */
  export(checkpointId: string, file: string): Promise<number> {
    return this.#alone(async () => {
      const header = get(await this.#load(), checkpointId);
      const bytes = await this.#parts(header, [...header.parts.keys()]);
      const parts = header.parts.map((part) => ({ ...part, inside: true }));
      const content = encodeCheckpoint({ ...header, parts }, bytes);
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
      const parts = await inside(header, content, start);
      const headers = await this.#load();
      const wanted = name ?? header.name ?? path.basename(file, ENDING).slice(0, 100);
      this.#checkName(wanted, headers);
      await this.#makeRoom(content.length);
      const described = await describe(parts);
      // Another id, or one of the same checkpoint would replace it. Its signature says whether it is ours.
      const own = isSignedBy(await this.#signingKey(), header);
      const { signature, parts: _, ...rest } = header;
      const made = { ...rest, name: wanted, parts: described, checkpointId: randomUUID() };
      return this.#info(await this.#write(made, parts, own ? undefined : signature));
    });
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

  #sorted(headers: Map<string, CheckpointHeader>): CheckpointHeader[] {
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
      foreign: this.#key === undefined || !isSignedBy(this.#key, header),
    };
  }

  #checkName(name: string | null, headers: Map<string, CheckpointHeader>): void {
    if (name === null || ![...headers.values()].some((header) => header.name === name)) return;
    throw new HoldfastError(
      'conflict',
      `There is a checkpoint named ${JSON.stringify(name)} already. Choose another name.`,
    );
  }

  /** Those that made themselves give way, the oldest first, if that is enough. @throws HoldfastError `unavailable` */
  async #makeRoom(bytes: number): Promise<void> {
    const most = this.#options.maxBytes();
    const headers = await this.#load();
    const [files, blobs] = await Promise.all([this.#fileSizes(), this.#blobs.sizes()]);
    const missing = sum(files.values()) + sum(blobs.values()) + bytes - most;
    const automatic = this.#sorted(headers).filter(({ name }) => name === null);
    // While one cannot be read no blob goes.
    const taken = { files, blobs: this.#hasUnreadable ? new Map<string, number>() : blobs };
    const going = enoughToGo(missing, automatic.reverse(), headers.values(), taken);
    if (!going) {
      const allowed = `${Math.round(most / 2 ** 20)} MB`;
      throw new HoldfastError(
        'unavailable',
        `There is no room for the checkpoint: all together may take ${allowed}. Remove some, or change holdfast.checkpoints.maxTotalSize.`,
      );
    }
    await this.#delete(going.map(({ checkpointId }) => checkpointId));
  }

  /** By id; also of those that cannot be read. */
  async #fileSizes(): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const name of await readdir(this.#folder)) {
      if (name.endsWith(ENDING)) sizes.set(path.basename(name, ENDING), await sizeOf(path.join(this.#folder, name)));
    }
    return sizes;
  }

  /** Those of a session that made themselves, newest first. */
  #automatic(headers: Map<string, CheckpointHeader>, sessionId: string): CheckpointHeader[] {
    return this.#sorted(headers).filter((header) => header.name === null && header.sessionId === sessionId);
  }

  async #retire(sessionId: string): Promise<void> {
    const automatic = this.#automatic(await this.#load(), sessionId);
    await this.#delete(automatic.slice(AUTOMATIC_KEPT).map(({ checkpointId }) => checkpointId));
  }

  async #delete(checkpointIds: readonly string[]): Promise<void> {
    if (checkpointIds.length === 0) return;
    const headers = await this.#load();
    for (const checkpointId of checkpointIds) {
      await rm(this.#file(checkpointId), { force: true });
      headers.delete(checkpointId);
    }
    this.#options.changed();
    await this.#sweep(headers);
  }

  async #sweep(headers: Map<string, CheckpointHeader>): Promise<void> {
    if (this.#hasUnreadable) return;
    await this.#blobs.sweep(new Set([...headers.values()].flatMap((header) => [...blobsOf(header)])));
  }

  /** @param signature of another workspace; without it the checkpoint is signed as our own */
  async #write(
    unsigned: Omit<CheckpointHeader, 'signature'>,
    parts: readonly Uint8Array[],
    signature?: string,
  ): Promise<CheckpointHeader> {
    const blobs = unsigned.parts.map((part, number) => ({ ...part, bytes: parts[number] as Uint8Array }));
    await this.#putAll(blobs.filter(({ inside }) => !inside));
    const header = { ...unsigned, signature: signature ?? signatureOf(unsigned, await this.#signingKey()) };
    return this.#put(
      header,
      parts.filter(({ length }) => length < MIN_BLOB_BYTES),
    );
  }

  /** Some at a time: each waits for the disk, and may be compressed in memory. The same bytes twice are written once. */
  async #putAll(blobs: readonly { bytes: Uint8Array; sha256: string }[]): Promise<void> {
    const waiting = [...new Map(blobs.map((blob) => [blob.sha256, blob])).values()];
    const putNext = async () => {
      for (let blob = waiting.shift(); blob; blob = waiting.shift()) await this.#blobs.put(blob.bytes, blob.sha256);
    };
    await Promise.all(Array.from({ length: PUT_AT_ONCE }, putNext));
  }

  /** @param small the parts that are inside */
  async #put(header: CheckpointHeader, small: readonly Uint8Array[]): Promise<CheckpointHeader> {
    await writeWhole(this.#file(header.checkpointId), ...encodeCheckpoint(header, small));
    (await this.#load()).set(header.checkpointId, header);
    this.#options.changed();
    return header;
  }

  async #read(checkpointId: string): Promise<Buffer> {
    return await readFile(this.#file(checkpointId)).catch((error: NodeJS.ErrnoException) => {
      throw new HoldfastError('unavailable', `The checkpoint cannot be read (${error.code}).`);
    });
  }

  async #parts(header: CheckpointHeader, numbers: readonly number[]): Promise<Uint8Array[]> {
    const content = await this.#read(header.checkpointId);
    const small = await inside(header, content, decodeCheckpoint(content).start);
    const places = new Map(header.parts.filter((part) => part.inside).map((part, place) => [part, place]));
    return Promise.all(
      numbers.map(async (number) => {
        const part = header.parts[number];
        if (!part) throw damaged();
        return small[places.get(part) ?? -1] ?? (await this.#blobs.get(part.sha256));
      }),
    );
  }

  #file(checkpointId: string): string {
    return path.join(this.#folder, checkpointId + ENDING);
  }

  async #signingKey(): Promise<Buffer> {
    this.#key ??= await signingKey(path.join(this.#folder, 'key'));
    return this.#key;
  }

  async #load(): Promise<Map<string, CheckpointHeader>> {
    if (this.#headers) return this.#headers;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#signingKey();
    const headers = new Map<string, CheckpointHeader>();
    for (const name of await readdir(this.#folder)) {
      if (!name.endsWith(ENDING)) continue;
      try {
        const { header } = decodeCheckpoint(await readFile(path.join(this.#folder, name)));
        headers.set(header.checkpointId, header);
      } catch (error) {
        this.#hasUnreadable = true;
        log(`The checkpoint ${name} is left alone: ${(error as Error).message}`);
      }
    }
    await this.#sweep(headers);
    this.#headers = headers;
    return headers;
  }
}

/** @throws HoldfastError `not_found` */
function get(headers: Map<string, CheckpointHeader>, checkpointId: string): CheckpointHeader {
  const header = headers.get(checkpointId);
  if (!header) throw new HoldfastError('not_found', 'That checkpoint does not exist (any more).');
  return header;
}

async function describe(parts: readonly Uint8Array[]): Promise<Part[]> {
  const described: Part[] = [];
  for (const bytes of parts) {
    described.push({ sha256: await sha256(bytes), bytes: bytes.length, inside: bytes.length < MIN_BLOB_BYTES });
  }
  return described;
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

/** Bytes that it may take on disk. */
function atMost(manifest: CheckpointManifest, parts: readonly Uint8Array[]): number {
  const header = HEADER_BYTES + Buffer.byteLength(JSON.stringify(manifest));
  return header + sum(parts.map(({ length }) => PART_BYTES + length));
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/** The parts that are in the file, whole. @throws HoldfastError `invalid` */
async function inside({ parts }: CheckpointHeader, content: Buffer, start: number): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  let at = start;
  for (const part of parts) {
    if (!part.inside) continue;
    const bytes = content.subarray(at, at + part.bytes);
    if ((await sha256(bytes)) !== part.sha256) throw damaged();
    found.push(bytes);
    at += part.bytes;
  }
  return found;
}
