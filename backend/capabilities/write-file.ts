import { randomBytes } from 'node:crypto';
import { constants, lstat, rename, rm } from 'node:fs/promises';
import nodePath from 'node:path';
import * as z from 'zod';
import { AbsolutePath } from './absolute-path.ts';
import { CapabilityError, systemError } from './capability-error.ts';
import { performed } from './performed.ts';
import { changed, withFile } from './with-file.ts';

const category = 'write';
const Params = z.strictObject({ path: AbsolutePath });

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** Writes a file whole: whoever reads it finds what was there before, or all of the new. */
export const writeFile = performed<typeof Params>({
  kind: 'request_response',
  name: 'write_file',
  category,
  params: Params,
  effects: ({ path }) => [{ category, operation: 'write_file', path }],
  perform: async ({ path }, { signal, touched }, payload) => {
    try {
      await replaceFile(touched ?? path, path, payload, signal);
    } catch (error) {
      throw systemError(error, path);
    }
    return { value: null };
  },
});

async function replaceFile(target: string, path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
  const mode = await modeOf(target, path);
  const { dir, base } = nodePath.parse(target);
  const beside = nodePath.join(dir, `.${base.slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    // Not somebody else's: it fails when it is there.
    await withFile(beside, NEW, mode ?? 0o666, async (file) => {
      if (mode !== null) await file.chmod(mode);
      await file.writeFile(content, { signal });
      await file.sync();
    });
    signal.throwIfAborted();
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Of what is there; null when nothing is. */
async function modeOf(target: string, path: string): Promise<number | null> {
  try {
    const found = await lstat(target);
    if (found.isSymbolicLink()) throw changed(target);
    if (found.isDirectory()) throw new CapabilityError('failed', `It is a folder: ${path}`, 'EISDIR');
    if (!found.isFile()) {
      throw new CapabilityError('failed', `It is a device, a pipe or a socket, not a file: ${path}`, 'EINVAL');
    }
    return found.mode & 0o7777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}
