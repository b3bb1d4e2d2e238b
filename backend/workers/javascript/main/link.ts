import type { MessagePort } from 'node:worker_threads';
import { type Memory, Word } from '../shared/memory.ts';
import type { FromMain, Serial } from '../shared/messages.ts';
import { load, uncurry } from './primordials.ts';

type Distribute<T> = T extends { position: number } ? Omit<T, 'position'> : never;

/** The main thread's end of the line to the control thread, and whose code it runs at the moment. */
export class Link {
  readonly memory: Memory;
  /** The serial that new asynchronous work belongs to; set by `Cells`. */
  owner: () => Serial = () => 0;
  readonly #post: (message: FromMain) => void;

  constructor(port: MessagePort, memory: Memory) {
    this.memory = memory;
    const post = uncurry(port.postMessage as (this: MessagePort, message: FromMain) => void);
    this.#post = (message) => post(port, message);
  }

  send(message: Distribute<FromMain>): void {
    // The union distributes over the spread.
    this.#post({ ...message, position: load(this.memory.words, Word.written) } as FromMain);
  }
}
