import type { Readable } from 'node:stream';
import type { Stream } from '../protocol/values.ts';
import { MarkerSplitter } from './marker-splitter.ts';
import type { SyncPoints } from './sync-points.ts';

/** Standard error that is kept for the report of a crash. Bytes. */
const STDERR_TAIL_BYTES = 4096;

export interface OutputListener {
  output(stream: Stream, executionId: string | null, bytes: Uint8Array): void;
  /** Every byte that the execution wrote to this stream has been given to `output`. */
  outputEnded(stream: Stream, executionId: string): void;
}

export interface WorkerOutputOptions {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** See `Hello.marker`. */
  readonly marker: string;
  readonly syncPoints: SyncPoints;
  readonly listener: OutputListener;
  readonly failed: (error: Error) => void;
}

/** Reads what a worker and its children write to fds 1 and 2, and says whose it is. */
export class WorkerOutput {
  readonly streams: readonly [Readable, Readable];
  readonly #options: WorkerOutputOptions;
  #held = false;
  #stderrTail = Buffer.alloc(0);

  constructor(options: WorkerOutputOptions) {
    this.#options = options;
    this.streams = [options.stdout, options.stderr];
    this.#read('stdout', options.stdout);
    this.#read('stderr', options.stderr);
  }

  /** What was written on standard error last. */
  get stderrTail(): string {
    return this.#stderrTail.toString('utf8');
  }

  hold(held: boolean): void {
    this.#held = held;
    for (const stream of this.streams) held ? stream.pause() : stream.resume();
  }

  keepTail(bytes: Uint8Array): void {
    this.#stderrTail = Buffer.concat([this.#stderrTail, bytes.subarray(-STDERR_TAIL_BYTES)]).subarray(
      -STDERR_TAIL_BYTES,
    );
  }

  #read(stream: Stream, readable: Readable): void {
    const { marker, syncPoints, listener, failed } = this.#options;
    const splitter = new MarkerSplitter(marker, {
      bytes: (executionId, bytes) => {
        if (stream === 'stderr') this.keepTail(bytes);
        listener.output(stream, executionId, bytes);
      },
      ended: (executionId) => listener.outputEnded(stream, executionId),
      sync: (number) => {
        readable.pause();
        syncPoints.reached(stream, number, () => {
          splitter.resume();
          if (!this.#held) readable.resume();
        });
      },
    });
    readable.on('data', (chunk: Buffer) => splitter.push(chunk));
    readable.on('close', () => splitter.flush());
    readable.on('error', failed);
  }
}
