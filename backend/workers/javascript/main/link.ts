import type { MessagePort } from 'node:worker_threads';
import { type Memory, Word } from '../shared/memory.ts';
import type { FromMain, Serial } from '../shared/messages.ts';
import { load, uncurry, wait } from './primordials.ts';

/** Displays, requests and progress that may be on their way. They can be large, and a program can make them faster than anyone reads. */
const MAX_UNTAKEN = 16;

type Distribute<T> = T extends { position: number } ? Omit<T, 'position'> : never;

/** The main thread's end of the line to the control thread, and whose code it runs at the moment. */
export class Link {
  readonly memory: Memory;
  /** The serial that new asynchronous work belongs to; set by `Cells`. */
  owner: () => Serial = () => 0;
  readonly #post: (message: FromMain) => void;

  #queued = 0;

  constructor(port: MessagePort, memory: Memory) {
    this.memory = memory;
    const post = uncurry(port.postMessage as (this: MessagePort, message: FromMain) => void);
    this.#post = (message) => post(port, message);
  }

  send(message: Distribute<FromMain>): void {
    // The union distributes over the spread.
    this.#post({ ...message, position: load(this.memory.words, Word.written) } as FromMain);
  }

  /** Sends what user code can make any number of; blocks it while too many wait. */
  sendInTurn(message: Extract<Distribute<FromMain>, { kind: 'display' | 'request' | 'progress' }>): void {
    const { words } = this.memory;
    for (;;) {
      const taken = load(words, Word.taken);
      if (((this.#queued - taken) | 0) < MAX_UNTAKEN) break;
      wait(words, Word.taken, taken);
    }
    this.send(message);
    // Counted when it is posted: a sender that is terminated in between leaves room that is too much, never too little.
    this.#queued = (this.#queued + 1) | 0;
  }
}
