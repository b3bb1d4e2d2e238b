import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * A new folder in the temporary folder, by its real path. Kept short, because sockets are made in it and their paths may have
 * at most 104 bytes on macOS, where the user's own temporary folder takes half of that.
 */
export async function makeTemporary(prefix: string): Promise<string> {
  const parent = process.platform === 'darwin' && !process.env['TMPDIR']?.startsWith('/tmp') ? '/tmp' : os.tmpdir();
  return realpath(await mkdtemp(path.join(parent, `${prefix}-`)));
}

/** Removes a folder that processes which have just ended may still be writing into. */
export async function removeTemporary(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
