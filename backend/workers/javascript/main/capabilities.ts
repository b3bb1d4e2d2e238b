import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Word } from '../shared/memory.ts';
import type { Answer, FromMain, Policy, Trusted } from '../shared/messages.ts';
import type { Link } from './link.ts';
import {
  defineValue,
  load,
  mapDelete,
  mapGet,
  mapSet,
  NativeError,
  NativeMap,
  NativePromise,
  wait,
} from './primordials.ts';

import type { Stacks } from './stack.ts';
import { valueParts, valueText } from './value.ts';

/** What an answer brings. */
export interface Response {
  readonly value: unknown;
  readonly payload: Uint8Array<ArrayBuffer>;
}

interface Pending {
  readonly resolve: (response: Response) => void;
  readonly reject: (error: Error) => void;
}

type Parameters = Extract<FromMain, { kind: 'request' }>['parameters'];

const NAMES = {
  denied: 'PermissionError',
  closed: 'EOFError',
  timeout: 'TimeoutError',
  invalid: 'TypeError',
  failed: 'Error',
} as const;
const receive = receiveMessageOnPort;
const NOTHING = new Uint8Array(0);
const LOST: Answer = {
  status: 'failed',
  code: 'closed',
  message: 'The answer was lost when a cell was cancelled. Try again.',
};

/** What user code may ask the host for, and `display`. */
export class Capabilities {
  readonly #link: Link;
  readonly #answers: MessagePort;
  readonly #stacks: Stacks;
  readonly #pending = new NativeMap<number, Pending>();
  #lastRequest = 0;
  /** Of the consent gate: settled only by what came with the trusted answers. */
  readonly #decisions = new NativeMap<number, (answer: Answer) => void>();
  readonly #arrived = new NativeMap<number, Answer>();
  /** Undefined until the host has said. What is asked of the host it judges by itself. */
  policy: Policy | undefined;

  constructor(link: Link, answers: MessagePort, stacks: Stacks) {
    this.#link = link;
    this.#answers = answers;
    this.#stacks = stacks;
  }

  display(value: unknown): void {
    this.check('display');
    const parts = valueParts(value, valueText(value));
    this.#link.sendInTurn({ kind: 'display', serial: this.#link.owner(), parts });
  }

  /** Of what is done without asking: throws a PermissionError when user code does not have it. */
  check(capability: 'display' | 'progress'): void {
    const { policy } = this;
    if (!policy || isOneOf(policy.injected, capability)) return;
    throw failure({
      status: 'failed',
      code: 'denied',
      // Every level has it.
      message: `${capability} is denied by an option of this run.`,
    });
  }

  /** An answer has come; one that nobody waits for any more is dropped. */
  settle(requestId: number, answer: Answer, payload: Uint8Array | null): void {
    this.takeTrusted();
    const decide = mapGet(this.#decisions, requestId);
    if (decide) {
      // An answer that is not there was lost when a cell was terminated, or user code made this one up.
      const arrived = mapGet(this.#arrived, requestId) ?? LOST;
      mapDelete(this.#decisions, requestId);
      mapDelete(this.#arrived, requestId);
      decide(arrived);
      return;
    }
    const pending = mapGet(this.#pending, requestId);
    if (!pending) return;
    mapDelete(this.#pending, requestId);
    // Bytes that were sent as they are have a buffer of their own.
    const bytes = (payload ?? NOTHING) as Uint8Array<ArrayBuffer>;
    if (answer.status === 'answered') pending.resolve({ value: answer.value, payload: bytes });
    else pending.reject(failure(answer));
  }

  /** Takes what has come with the answers: a new policy, what the gate waits for. Copies of other answers are dropped. */
  takeTrusted(): void {
    for (let item = receive(this.#answers); item; item = receive(this.#answers)) this.#keep(item.message as Trusted);
  }

  #keep(message: Trusted): void {
    if (message.kind === 'policy') this.policy = message.policy;
    else if (mapGet(this.#decisions, message.requestId)) mapSet(this.#arrived, message.requestId, message.answer);
  }

  #send(capability: string, parameters: Parameters, payload: Uint8Array | null): number {
    const requestId = ++this.#lastRequest;
    const location = this.#stacks.caller();
    const serial = this.#link.owner();
    this.#link.sendInTurn({ kind: 'request', requestId, serial, capability, parameters, location, payload });
    return requestId;
  }

  /** The answer's value. Rejects as `call` does. */
  async request(capability: string, parameters: Parameters): Promise<unknown> {
    return (await this.call(capability, parameters)).value;
  }

  /** The answer. Rejects with an error named PermissionError, EOFError, TimeoutError, TypeError, or Error with a `code`, when there is none. */
  call(capability: string, parameters: Parameters, payload: Uint8Array | null = null): Promise<Response> {
    return new NativePromise((resolve, reject) => {
      const requestId = this.#send(capability, parameters, payload);
      mapSet(this.#pending, requestId, { resolve, reject });
    });
  }

  /** The same, while this thread is blocked. A cancel terminates the wait. */
  block(capability: string, parameters: Parameters): unknown {
    const answer = this.blockForAnswer(capability, parameters);
    if (answer.status === 'answered') return answer.value;
    throw failure(answer);
  }

  blockForAnswer(capability: string, parameters: Parameters): Answer {
    const { words } = this.#link.memory;
    const requestId = this.#send(capability, parameters, null);
    for (;;) {
      const seen = load(words, Word.answered);
      for (let item = receive(this.#answers); item; item = receive(this.#answers)) {
        const message = item.message as Trusted;
        if (message.kind === 'answer' && message.requestId === requestId) return message.answer;
        this.#keep(message);
      }
      wait(words, Word.answered, seen);
    }
  }

  /** The same, without blocking and without a promise, which user code can tamper with. */
  decide(capability: string, parameters: Parameters, decided: (answer: Answer) => void): void {
    const requestId = this.#send(capability, parameters, null);
    mapSet(this.#decisions, requestId, decided);
  }
}

function isOneOf(names: readonly string[], name: string): boolean {
  for (let i = 0; i < names.length; i++) if (names[i] === name) return true;
  return false;
}

export function failure({ code, message, errno }: Extract<Answer, { status: 'failed' }>): Error {
  const error = new NativeError(message);
  defineValue(error, 'name', NAMES[code], false);
  if (errno !== undefined) defineValue(error, 'code', errno, true);
  return error;
}
