import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { writeWhole } from '../../write-whole.ts';
import { CapabilityError, systemError } from '../capability-error.ts';

/** Values as they are, so that the file can be read. */
const StoreFile = z.strictObject({ version: z.literal(1), values: z.array(z.tuple([z.string(), z.json()])) });

/** Values as JSON texts. Empty when there is no file. @throws CapabilityError */
export async function readStoreFile(file: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw systemError(error, file);
  }
  const parsed = StoreFile.safeParse(jsonOrNull(text));
  if (parsed.success) return new Map(parsed.data.values.map(([key, value]) => [key, JSON.stringify(value)]));
  throw new CapabilityError(
    'failed',
    `The file of the store is damaged, and is left as it is: ${file}. Put it right, or move it away to begin with an empty store.`,
  );
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whole and on disk, or not at all. Readable by its user only. */
export async function writeStoreFile(file: string, values: ReadonlyMap<string, string>): Promise<void> {
  const lines = [...values].map(([key, text]) => `[${JSON.stringify(key)},${text}]`);
  await writeWhole(file, `{"version":1,"values":[\n${lines.join(',\n')}\n]}\n`);
}
