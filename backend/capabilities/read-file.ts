import { constants, type FileHandle } from 'node:fs/promises';
import * as z from 'zod';
import { AbsolutePath } from './absolute-path.ts';
import { CapabilityError, systemError } from './capability-error.ts';
import { MAX_CONTENT_BYTES, performed } from './performed.ts';
import { withFile } from './with-file.ts';

const category = 'read';
const Params = z.strictObject({ path: AbsolutePath });

/** The bytes of a file. The worker makes text of them. */
export const readFile = performed<typeof Params>({
  kind: 'request_response',
  name: 'read_file',
  category,
  params: Params,
  effects: ({ path }) => [{ category, operation: 'read_file', path }],
  perform: async ({ path }, { signal, touched }) => {
    try {
      return { value: null, payload: await contentOf(touched ?? path, path, signal) };
    } catch (error) {
      throw systemError(error, path);
    }
  },
});

function contentOf(real: string, path: string, signal: AbortSignal): Promise<Uint8Array> {
  // Opening a pipe that nobody writes to would wait for ever.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  return withFile(real, flags, 0, (file) => allOf(file, path, signal));
}

async function allOf(file: FileHandle, path: string, signal: AbortSignal): Promise<Uint8Array> {
  const { size } = await checked(file.stat(), path);
  // One more than it is said to have: files in /proc say 0, and others grow.
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    signal.throwIfAborted();
    const wanted = Math.min(Math.max(size - total, 0) + 64 * 1024, 16 * 1024 * 1024);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, null);
    if (bytesRead === 0) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, total);
    total += bytesRead;
    if (total > MAX_CONTENT_BYTES) throw tooLarge(path);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

async function checked(
  stat: Promise<{ size: number; isFile(): boolean; isDirectory(): boolean }>,
  path: string,
): Promise<{ size: number }> {
  const found = await stat;
  if (found.isDirectory()) throw new CapabilityError('failed', `It is a folder: ${path}`, 'EISDIR');
  if (!found.isFile()) {
    throw new CapabilityError('failed', `It is a device, a pipe or a socket, not a file: ${path}`, 'EINVAL');
  }
  if (found.size > MAX_CONTENT_BYTES) throw tooLarge(path);
  return found;
}

function tooLarge(path: string): CapabilityError {
  return new CapabilityError(
    'failed',
    `The file is larger than the ${MAX_CONTENT_BYTES >> 20} MiB that read_file can read at once: ${path}. ` +
      'Read it in parts with what the language has for files.',
    'EFBIG',
  );
}
