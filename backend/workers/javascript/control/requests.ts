import type { MessagePort } from 'node:worker_threads';
import { ProtocolError } from '../../../protocol/errors.ts';
import { NO_PAYLOAD } from '../../../protocol/frame.ts';
import type { ToWorker } from '../../../protocol/worker/index.ts';
import { type Memory, openMemory, Word } from '../shared/memory.ts';
import type { ControlData, FromMain, Policy, Serial, ToMain, Trusted } from '../shared/messages.ts';
import type { Connection } from './connection.ts';

export interface RequestsOptions {
  readonly data: ControlData;
  readonly connection: Connection;
  readonly executionOf: (serial: Serial) => string | null;
  /** A cell runs or awaits. */
  readonly busy: () => boolean;
}

/** What user code asks the host for, what the host answers, and what it lets through by itself. */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #main: MessagePort;
  readonly #answers: MessagePort;
  readonly #memory: Memory;

  constructor(options: RequestsOptions) {
    this.#options = options;
    this.#main = options.data.port;
    this.#answers = options.data.answers;
    this.#memory = openMemory(options.data.memory);
  }

  /** One that is over the limits of a frame is answered here. */
  ask(message: Extract<FromMain, { kind: 'request' }>): void {
    const { requestId, serial, capability, parameters, location, payload } = message;
    const { connection, executionOf } = this.#options;
    const executionId = executionOf(serial);
    const fields = { requestId, executionId, capability, parameters: { ...parameters }, location, sync: null };
    try {
      connection.send({ type: 'capability_request', ...fields }, payload ?? NO_PAYLOAD);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const message = `${capability}: What it was given is too large. ${error.message}`;
      this.answer({ requestId, answer: { status: 'failed', code: 'invalid', message } }, NO_PAYLOAD);
    }
  }

  /** Both ways, since only the main thread knows whether it blocks on this answer or awaits it. */
  answer(
    { requestId, answer }: Pick<Extract<ToWorker, { type: 'capability_response' }>, 'requestId' | 'answer'>,
    payload: Uint8Array,
  ): void {
    const { words } = this.#memory;
    // A copy: it can be a piece of a larger buffer, all of which would be copied.
    const bytes = payload.length > 0 ? payload.slice() : null;
    const message: ToMain = { kind: 'answer', requestId, answer, payload: bytes };
    // Nothing that blocks, and no decision, gives bytes.
    const trusted: Trusted = { kind: 'answer', requestId, answer };
    this.#answers.postMessage(trusted);
    this.#main.postMessage(message, bytes ? [bytes.buffer] : []);
    Atomics.add(words, Word.answered, 1);
    Atomics.notify(words, Word.answered);
  }

  /** The main thread looks at the word before each gated operation, also in the middle of a cell. */
  tellPolicy(policy: Policy): void {
    const { words } = this.#memory;
    const trusted: Trusted = { kind: 'policy', policy };
    this.#answers.postMessage(trusted);
    // A cell that has the main thread may have to be terminated before the gate is put in place: then that says so itself when it begins.
    if (!this.#options.busy() && policy.asks.length > 0) Atomics.store(words, Word.gating, 1);
    Atomics.store(words, Word.policy, policy.generation);
    const message: ToMain = { kind: 'policy' };
    this.#main.postMessage(message);
  }
}
