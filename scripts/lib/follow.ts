import { unwatchFile, watchFile } from 'node:fs';
import { open } from 'node:fs/promises';

const CHUNK = 64 * 1024;

/**
 * Prints what is appended to a file, until the function that it returns is called, which prints the rest.
 * Polls, because file watchers do not report appends reliably on every system.
 */
export function follow(file: string, print: (bytes: Uint8Array) => void): () => Promise<void> {
  let position = 0;
  let reading: Promise<void> = Promise.resolve();
  const read = async () => {
    const handle = await open(file, 'r');
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(CHUNK), position });
        if (bytesRead === 0) return;
        position += bytesRead;
        print(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  };
  const next = () => {
    reading = reading.then(read);
  };
  watchFile(file, { interval: 100 }, next);
  return async () => {
    unwatchFile(file, next);
    next();
    await reading;
  };
}
