import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** More than this in one folder is not what we look for. */
const MAX_ENTRIES = 200;

/** Absolute paths of the folders (or links) below a folder, sorted; none when it is not there or may not be read. */
export async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .slice(0, MAX_ENTRIES)
      .map(({ name }) => path.join(folder, name))
      .sort();
  } catch {
    // A place where nothing is found: each person has few of the places that are looked at.
    return [];
  }
}
