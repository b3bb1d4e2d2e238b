import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** Every place where PATH may have one of the names: all of the first name before the second. Relative folders are left out. */
export function searchPath(names: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const endings = process.platform === 'win32' ? ['.exe', ''] : [''];
  const files = names.flatMap((name) =>
    folders.flatMap((folder) => endings.map((ending) => path.join(folder, name + ending))),
  );
  return [...new Set(files)];
}

/** A configured program: `~` is the person's home, and what has no folder is a name rather than a path. */
export function expand(
  configured: string,
  env: NodeJS.ProcessEnv,
): { readonly file: string; readonly isName: boolean } {
  const home = env['HOME'] ?? env['USERPROFILE'];
  const file = home && /^~[\\/]/.test(configured) ? path.join(home, configured.slice(2)) : configured;
  return { file, isName: path.basename(file) === file };
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

export async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch {
    return false;
  }
}
