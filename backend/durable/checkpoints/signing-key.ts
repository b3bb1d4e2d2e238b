import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeWhole } from '../../write-whole.ts';

/** The key in a file, made at the first use. Whoever can read it can pass values off as ours: it is its user's only. */
export async function signingKey(file: string): Promise<Buffer> {
  const found = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (found?.length === 32) return found;
  const key = randomBytes(32);
  await writeWhole(file, key);
  return key;
}
