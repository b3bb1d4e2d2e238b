import { randomBytes } from 'node:crypto';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import nodePath from 'node:path';
import * as z from 'zod';
import { AbsolutePath } from './absolute-path.ts';
import { CapabilityError, systemError } from './capability-error.ts';
import { performed } from './performed.ts';
import { withFile } from './with-file.ts';

const category = 'write';
const Params = z.strictObject({ path: AbsolutePath });

/** Writes a file whole: whoever reads it finds what was there before, or all of the new. */
export const writeFile = performed<typeof Params>({
  kind: 'request_response',
  name: 'write_file',
  category,
  params: Params,
  effects: ({ path }) => [{ category, operation: 'write_file', path }],
  perform: async ({ path }, { signal }, payload) => {
    try {
      await replaceFile(path, payload, signal);
    } catch (error) {
      throw systemError(error, path);
    }
    return { value: null };
  },
});

async function replaceFile(path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
  const { target, mode } = await targetOf(path);
  const { dir, base } = nodePath.parse(target);
  const beside = nodePath.join(dir, `.${base.slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    // Not somebody else's: `wx` fails when it is there.
    await withFile(beside, 'wx', mode ?? 0o666, async (file) => {
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

/** A link stays one: what it points to is replaced. */
async function targetOf(path: string): Promise<{ target: string; mode: number | null }> {
  try {
    const target = await realpath(path);
    const found = await stat(target);
    if (found.isDirectory()) throw new CapabilityError('failed', `It is a folder: ${path}`, 'EISDIR');
    if (!found.isFile()) {
      throw new CapabilityError('failed', `It is a device, a pipe or a socket, not a file: ${path}`, 'EINVAL');
    }
    return { target, mode: found.mode & 0o7777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { target: nodePath.join(await realpath(nodePath.dirname(path)), nodePath.basename(path)), mode: null };
  }
}
