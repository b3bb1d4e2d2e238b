import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { log } from '../../log.ts';
import { HoldfastError } from '../../protocol/errors.ts';

const gunzip = promisify(zlib.gunzip);
const gzip = promisify(zlib.gzip);

/** What is tried first: bytes that do not become smaller are kept as they are. */
const SAMPLE_BYTES = 8 * 1024;
const WORTH_IT = 0.8;
/** Hashed in one turn: some milliseconds. */
const TURN_BYTES = 4 * 1024 * 1024;
const SMALL_BYTES = 64 * 1024;
const COMPRESSED = '.gz';
const UNFINISHED = '.part';

/** Bytes in files that are named after their SHA-256. What is there already is not written again, and counts as new. */
export class BlobStore {
  readonly #folder: string;

  /** @param folder absolute path; made at the first write, for its user only */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Stores bytes durably. @param known their SHA-256, when it is known. @returns it, in hex */
  async put(bytes: Uint8Array, known?: string): Promise<string> {
    const hash = known ?? (await sha256(bytes));
    const found = await this.#find(hash);
    if (found) {
      await utimes(found, new Date(), new Date());
      return hash;
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#path(hash);
    const sample = await gzip(bytes.subarray(0, SAMPLE_BYTES), { level: 1 });
    const compress = sample.length < WORTH_IT * Math.min(SAMPLE_BYTES, bytes.length);
    const draft = `${file}.${randomBytes(4).toString('hex')}${UNFINISHED}`;
    try {
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(compress ? await gzip(bytes, { level: 1 }) : bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, compress ? file + COMPRESSED : file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return hash;
  }

  /** @throws HoldfastError `unavailable` when it is gone or damaged. */
  async get(hash: string): Promise<Buffer> {
    const found = await this.#find(hash);
    const stored = found && (await readIfThere(found));
    if (!stored) throw new HoldfastError('unavailable', `A part of the checkpoint is missing on disk (${hash}).`);
    const bytes = found.endsWith(COMPRESSED) ? await gunzip(stored).catch(() => undefined) : stored;
    if (!bytes || (await sha256(bytes)) !== hash) {
      throw new HoldfastError('unavailable', `A part of the checkpoint is damaged on disk (${path.basename(found)}).`);
    }
    return bytes;
  }

  /** Deletes what is not in use, and what was never finished. Nothing may be put meanwhile. */
  async sweep(used: ReadonlySet<string>): Promise<void> {
    for (const name of await this.#names()) {
      if (name.endsWith(UNFINISHED) || !used.has(path.basename(name, COMPRESSED))) {
        await rm(path.join(this.#folder, name), { force: true });
      }
    }
  }

  /**
   * Deletes the oldest until the rest takes no more than so many bytes; what cannot be deleted stays. Nothing may be put meanwhile.
   * @returns what it takes.
   */
  async trim(maxBytes: number): Promise<number> {
    const files = await Promise.all(
      (await this.#names()).map(async (name) => {
        const file = path.join(this.#folder, name);
        const { size, mtimeMs } = (await stat(file).catch(() => undefined)) ?? { size: 0, mtimeMs: 0 };
        return { file, size, mtimeMs };
      }),
    );
    let left = 0;
    let full = false;
    for (const { file, size } of files.sort((one, other) => other.mtimeMs - one.mtimeMs)) {
      full ||= left + size > maxBytes;
      if (!full || !(await removed(file))) left += size;
    }
    return left;
  }

  /** Bytes on disk by SHA-256. */
  async sizes(): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const name of await this.#names()) {
      sizes.set(path.basename(name, COMPRESSED), await sizeOf(path.join(this.#folder, name)));
    }
    return sizes;
  }

  async #names(): Promise<string[]> {
    return readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }

  #path(hash: string): string {
    return path.join(this.#folder, hash);
  }

  async #find(hash: string): Promise<string | undefined> {
    for (const file of [this.#path(hash), this.#path(hash) + COMPRESSED]) {
      if ((await stat(file).catch(() => undefined))?.isFile()) return file;
    }
    return undefined;
  }
}

/** @returns whether it is gone. */
function removed(file: string): Promise<boolean> {
  return rm(file, { force: true }).then(
    () => true,
    (error: Error) => {
      log(`${file} could not be deleted: ${error.message}`);
      return false;
    },
  );
}

/** It may be deleted between being found and being read. */
async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Bytes; 0 when it is not there any more. */
export function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** In hex. In turns of the event loop: there may be hundreds of megabytes. A thread would have them copied first. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += TURN_BYTES) {
    if (bytes.length > SMALL_BYTES) await setImmediate();
    hash.update(bytes.subarray(at, at + TURN_BYTES));
  }
  return hash.digest('hex');
}
