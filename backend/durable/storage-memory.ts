import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { Durability } from '../protocol/client/index.ts';
import { writeWhole } from '../write-whole.ts';

const Remembered = z.object({
  /** What this backend's promises are marked with on a server that others use, too. */
  home: z.uuid(),
  /** Seals them there. It opens nothing. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  storage: Durability.shape.storage,
  place: Durability.shape.place,
});
export type Remembered = z.infer<typeof Remembered>;

/** Where a workspace's promises are kept, without what opens it: a backend that begins must not take another place for it. */
export class StorageMemory {
  readonly #file: string | null;

  /** @param file absolute path; null remembers nothing. */
  constructor(file: string | null) {
    this.#file = file;
  }

  async read(): Promise<Remembered> {
    try {
      if (this.#file) return Remembered.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (error) {
      // Damaged is as good as none: whoever connects says where.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== undefined && code !== 'ENOENT') throw error;
    }
    return { home: randomUUID(), key: randomBytes(32).toString('hex'), storage: 'embedded', place: null };
  }

  async write(remembered: Remembered): Promise<void> {
    if (this.#file) await writeWhole(this.#file, JSON.stringify(remembered));
  }
}
