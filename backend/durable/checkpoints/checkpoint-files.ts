import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { log } from '../../log.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { writeWhole } from '../../write-whole.ts';
import { BlobStore, sha256, sizeOf } from './blob-store.ts';
import {
  type CheckpointHeader,
  damaged,
  decodeCheckpoint,
  encodeCheckpoint,
  isSignedBy,
  type Part,
  partsInside,
  signatureOf,
} from './checkpoint-file.ts';
import { blobsOf, sum, type Taken } from './room.ts';
import { signingKey } from './signing-key.ts';

/** How the name of a checkpoint's file ends. */
export const ENDING = '.checkpoint';
/** Smaller parts are in the checkpoint's own file: a file for each would cost more than they do. */
const MIN_BLOB_BYTES = 32 * 1024;
const PUT_AT_ONCE = 4;

/** Checkpoints on disk: a file each, large parts aside, each stored once. One call at a time. */
export class CheckpointFiles {
  readonly #folder: string;
  readonly #blobs: BlobStore;
  readonly #changed: () => void;
  #key: Buffer | undefined;
  #headers: Map<string, CheckpointHeader> | undefined;
  /** There are checkpoints that cannot be read, and so nothing says which parts are theirs. */
  #hasUnreadable = false;

  /** @param folder absolute path; made with the first call. @param changed there is another one, one fewer, or one of another name */
  constructor(folder: string, changed: () => void) {
    this.#folder = folder;
    this.#blobs = new BlobStore(path.join(folder, 'blobs'));
    this.#changed = changed;
  }

  /** By id, as they are from now on. Those that cannot be read are left alone. Before anything else. */
  headers(): Promise<ReadonlyMap<string, CheckpointHeader>> {
    return this.#load();
  }

  /** Whether it was signed here. */
  isOwn(header: CheckpointHeader): boolean {
    return this.#key !== undefined && isSignedBy(this.#key, header);
  }

  /** @param signature of another workspace; without it the checkpoint is signed as our own */
  async write(
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

  /** @throws as `parts` */
  async rename(header: CheckpointHeader, name: string): Promise<CheckpointHeader> {
    const content = await this.#read(header.checkpointId);
    const small = await partsInside(header, content, decodeCheckpoint(content).start);
    // Its signature says nothing of its name.
    return this.#put({ ...header, name }, small);
  }

  /** The bytes of these parts. @throws HoldfastError `unavailable` and `invalid` when something of it is gone or damaged. */
  async parts(header: CheckpointHeader, numbers: readonly number[]): Promise<Uint8Array[]> {
    const content = await this.#read(header.checkpointId);
    const small = await partsInside(header, content, decodeCheckpoint(content).start);
    const places = new Map(header.parts.filter((part) => part.inside).map((part, place) => [part, place]));
    return Promise.all(
      numbers.map(async (number) => {
        const part = header.parts[number];
        if (!part) throw damaged();
        return small[places.get(part) ?? -1] ?? (await this.#blobs.get(part.sha256));
      }),
    );
  }

  /** All of it as one file. @throws as `parts` */
  async whole(header: CheckpointHeader): Promise<Buffer[]> {
    const bytes = await this.parts(header, [...header.parts.keys()]);
    const parts = header.parts.map((part) => ({ ...part, inside: true }));
    return encodeCheckpoint({ ...header, parts }, bytes);
  }

  /** And the parts that no other has. */
  async delete(checkpointIds: readonly string[]): Promise<void> {
    if (checkpointIds.length === 0) return;
    const headers = await this.#load();
    for (const checkpointId of checkpointIds) {
      await rm(this.#file(checkpointId), { force: true });
      headers.delete(checkpointId);
    }
    this.#changed();
    await this.#sweep(headers);
  }

  /** In bytes: all that there is, and what can go with its checkpoint. */
  async sizes(): Promise<{ total: number; taken: Taken }> {
    const [files, blobs] = await Promise.all([this.#fileSizes(), this.#blobs.sizes()]);
    // While one cannot be read no blob goes.
    const taken = { files, blobs: this.#hasUnreadable ? new Map<string, number>() : blobs };
    return { total: sum(files.values()) + sum(blobs.values()), taken };
  }

  /** By id; also of those that cannot be read. */
  async #fileSizes(): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const name of await readdir(this.#folder)) {
      if (name.endsWith(ENDING)) sizes.set(path.basename(name, ENDING), await sizeOf(path.join(this.#folder, name)));
    }
    return sizes;
  }

  async #sweep(headers: Map<string, CheckpointHeader>): Promise<void> {
    if (this.#hasUnreadable) return;
    await this.#blobs.sweep(new Set([...headers.values()].flatMap((header) => [...blobsOf(header)])));
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
    this.#changed();
    return header;
  }

  async #read(checkpointId: string): Promise<Buffer> {
    return await readFile(this.#file(checkpointId)).catch((error: NodeJS.ErrnoException) => {
      throw new HoldfastError('unavailable', `The checkpoint cannot be read (${error.code}).`);
    });
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

/** What a header says of them. */
export async function describe(parts: readonly Uint8Array[]): Promise<Part[]> {
  const described: Part[] = [];
  for (const bytes of parts) {
    described.push({ sha256: await sha256(bytes), bytes: bytes.length, inside: bytes.length < MIN_BLOB_BYTES });
  }
  return described;
}
