import { constants, type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { CapabilityError } from './capability-error.ts';

/**
 * Opens what was judged, for as long as it is used: no link that has come since is followed.
 * @param real its real path
 * @throws CapabilityError when something else is there by now
 */
export async function withFile<T>(
  real: string,
  flags: number,
  mode: number,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  // Windows has no such flag.
  const file = await open(real, flags | (constants.O_NOFOLLOW ?? 0), mode).catch(async (error: unknown) => {
    throw (await realpath(real).catch(() => real)) === real ? error : changed(real);
  });
  try {
    await checkSame(file, real);
    return await use(file);
  } finally {
    await file.close();
  }
}

/** The same for a folder. @param use is given the path by which it is reached: on Linux that is the open folder itself */
export async function withFolder<T>(real: string, use: (folder: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') {
    if ((await realpath(real)) !== real) throw changed(real);
    return use(real);
  }
  const flags = constants.O_RDONLY | constants.O_DIRECTORY;
  return withFile(real, flags, 0, (file) => use(`/proc/self/fd/${file.fd}`));
}

/** The folders above may have become links, and be folders again by now: what was opened is compared, too. */
async function checkSame(file: FileHandle, real: string): Promise<void> {
  const gone = () => null;
  const [path, there, opened] = await Promise.all([realpath(real).catch(gone), stat(real).catch(gone), file.stat()]);
  if (path !== real || there?.ino !== opened.ino || there.dev !== opened.dev) throw changed(real);
}

export function changed(real: string): CapabilityError {
  return new CapabilityError('failed', `It became something else while it was looked at: ${real}. Try again.`, 'ELOOP');
}
