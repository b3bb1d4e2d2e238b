import { writeSync } from 'node:fs';

const RETRY_MS = 1;

/** Writes the markers of `Hello.marker` to fds 1 and 2. */
export class Markers {
  readonly #marker: string;

  constructor(marker: string) {
    this.#marker = marker;
  }

  /** Settles when both streams have the marker. A stream that user code closed has no marker and no bytes to wait for. */
  async write(edge: 'start' | 'end', executionId: string): Promise<void> {
    const bytes = Buffer.from(`\0\x1e${this.#marker}:${edge}:${executionId}\x1e`);
    for (const fd of [1, 2]) {
      let written = 0;
      while (written < bytes.length) {
        try {
          written += writeSync(fd, bytes, written);
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === 'EBADF' || code === 'EPIPE') break;
          if (code !== 'EAGAIN') throw error;
          // A child process that shares the stream made it non-blocking, and nothing tells when it has room again.
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    }
  }
}
