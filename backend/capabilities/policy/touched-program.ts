import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isBelow } from './touched-path.ts';

/** What a command starts in truth. */
export interface TouchedProgram {
  /** Real path of the program; null when it was not found. */
  readonly real: string | null;
  /** It is what a person means by its bare name: it lies on the path, where no program of the workspace can put another in its place. */
  readonly named: boolean;
}

/** @param program absolute where it was found @param roots real paths of the folders that are the workspace */
export async function touchedProgram(program: string, roots: readonly string[]): Promise<TouchedProgram> {
  if (!path.isAbsolute(program)) return { real: null, named: false };
  const found = await Promise.all([program, path.dirname(program)].map((one) => realpath(one).catch(() => null)));
  const [real = null, folder = null] = found;
  if (real === null || folder === null) return { real: null, named: false };
  const changeable = [real, folder].some((one) => roots.some((root) => isBelow(root, one)));
  return { real, named: !changeable && (await foldersOnPath()).has(folder) };
}

/** Real paths. */
async function foldersOnPath(): Promise<ReadonlySet<string | null>> {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return new Set(await Promise.all(folders.map((folder) => realpath(folder).catch(() => null))));
}
