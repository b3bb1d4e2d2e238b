import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Word } from '../shared/memory.ts';
import type { Answer, FromMain, ToMain } from '../shared/messages.ts';
import type { Link } from './link.ts';
import { defineValue, load, mapDelete, mapGet, mapSet, NativeError, NativeMap, wait } from './primordials.ts';
import type { Stacks } from './stack.ts';
import { valueParts, valueText } from './value.ts';

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Parameters = Extract<FromMain, { kind: 'request' }>['parameters'];

const NAMES = { denied: 'PermissionError', closed: 'EOFError', timeout: 'TimeoutError', invalid: 'TypeError' } as const;
const NativePromise = Promise;
const receive = receiveMessageOnPort;

/** What user code may ask the host for, and `display`. */
export class Capabilities {
  readonly #link: Link;
  readonly #answers: MessagePort;
  readonly #stacks: Stacks;
  readonly #pending = new NativeMap<number, Pending>();
  #lastRequest = 0;

  constructor(link: Link, answers: MessagePort, stacks: Stacks) {
    this.#link = link;
    this.#answers = answers;
    this.#stacks = stacks;
  }

  display(value: unknown): void {
    const parts = valueParts(value, valueText(value));
    this.#link.sendInTurn({ kind: 'display', serial: this.#link.owner(), parts });
  }

  /** An answer has come; one that nobody waits for any more is dropped. */
  settle(requestId: number, answer: Answer): void {
    // Nothing blocks while this runs, so nobody waits for the copies of answers that came the other way.
    while (receive(this.#answers));
    const pending = mapGet(this.#pending, requestId);
    if (!pending) return;
    mapDelete(this.#pending, requestId);
    if (answer.status === 'answered') pending.resolve(answer.value);
    else pending.reject(failure(answer));
  }

  #send(capability: string, parameters: Parameters): number {
    const requestId = ++this.#lastRequest;
    const location = this.#stacks.caller();
    const serial = this.#link.owner();
    this.#link.sendInTurn({ kind: 'request', requestId, serial, capability, parameters, location });
    return requestId;
  }

  /** The answer. Rejects with an error named PermissionError, EOFError, TimeoutError or TypeError when there is none. */
  request(capability: string, parameters: Parameters): Promise<unknown> {
    return new NativePromise((resolve, reject) => {
      const requestId = this.#send(capability, parameters);
      mapSet(this.#pending, requestId, { resolve, reject });
    });
  }

  /** The same, while this thread is blocked. A cancel terminates the wait. */
  block(capability: string, parameters: Parameters): unknown {
    const { words } = this.#link.memory;
    const requestId = this.#send(capability, parameters);
    for (;;) {
      const seen = load(words, Word.answered);
      for (let item = receive(this.#answers); item; item = receive(this.#answers)) {
        const message = item.message as Extract<ToMain, { kind: 'answer' }>;
        if (message.requestId !== requestId) continue;
        if (message.answer.status === 'answered') return message.answer.value;
        throw failure(message.answer);
      }
      wait(words, Word.answered, seen);
    }
  }
}

function failure({ code, message }: Extract<Answer, { status: 'failed' }>): Error {
  const error = new NativeError(message);
  defineValue(error, 'name', NAMES[code], false);
  return error;
}
