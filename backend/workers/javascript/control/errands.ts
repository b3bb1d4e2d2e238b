import type { MessagePort } from 'node:worker_threads';
import type { EditOutcome, ReadOutcome } from '../../../protocol/inspection.ts';
import type { ToWorker } from '../../../protocol/worker/index.ts';
import type { Errand } from '../shared/errands.ts';
import { type Memory, openMemory, Word } from '../shared/memory.ts';
import type { FromMain, NamespaceDelta, ToMain } from '../shared/messages.ts';
import type { Connection } from './connection.ts';
import type { Inspector } from './inspector.ts';
import { literalOf } from './literal.ts';
import { isName } from './names.ts';
import { Refused } from './refusal.ts';
import { namesIn } from './target.ts';

/** From the request on. Less than the backend waits for an answer. */
const LIMIT_MS = 3000;
/** How long a cell waits for an errand. */
const HURRY_MS = 30;
const MAX_MESSAGE = 5000;

type Refusal = Extract<EditOutcome, { status: 'busy' | 'failed' }>;

interface Pending {
  readonly number: number;
  readonly replyTo: number;
  readonly errand: Errand;
  readonly limit: NodeJS.Timeout;
  /** The backend has its answer. */
  answered: boolean;
}

export interface ErrandsOptions {
  readonly connection: Connection;
  readonly main: MessagePort;
  readonly inspector: Inspector;
  readonly memory: SharedArrayBuffer;
  readonly namespace: (delta: NamespaceDelta) => void;
  /** Unix milliseconds since when an execution runs or wants to run; null when none does. */
  readonly busySince: () => number | null;
}

/** Has the main thread do what a person asked for between two cells, one thing at a time. It may run user code: it has an end. */
export class Errands {
  readonly #options: ErrandsOptions;
  readonly #memory: Memory;
  readonly #queue: Pending[] = [];
  #current: Pending | null = null;
  #lastNumber = 0;
  /** Executions that wait for the current one. */
  #waiting: (() => void)[] = [];

  constructor(options: ErrandsOptions) {
    this.#options = options;
    this.#memory = openMemory(options.memory);
  }

  edit({ id, edit }: Extract<ToWorker, { type: 'edit_namespace' }>): void {
    try {
      if (edit.kind !== 'delete') checkName(edit.kind === 'set' ? edit.name : edit.to);
      this.#add(id, edit.kind === 'set' ? { kind: 'set', name: edit.name, value: literalOf(edit.text) } : edit);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#sendEdited(id, failed(error.message));
    }
  }

  read({ id, target, reading }: Extract<ToWorker, { type: 'read_value' }>): void {
    const names = namesIn(target.expression);
    if (names) this.#add(id, { kind: 'read', place: { names, path: target.path }, reading });
    else this.#sendRead(id, failed(NO_PLACE));
  }

  done({ number, result }: Extract<FromMain, { kind: 'errand_done' }>): void {
    const pending = this.#current;
    // One that was terminated too late has been answered already.
    if (pending?.number !== number || pending.answered) return;
    pending.answered = true;
    if (result.kind === 'edited') {
      const { changed, deleted, total, truncated } = result.namespace;
      this.#options.namespace(result.namespace);
      const lists = { changed: [...changed], deleted: [...deleted] };
      this.#options.connection.send({ type: 'namespace_changed', executionId: null, ...lists, total, truncated });
      this.#sendEdited(pending.replyTo, result.outcome);
    } else {
      this.#sendRead(pending.replyTo, result.outcome, result.payload ?? undefined);
    }
    this.#over(pending);
  }

  /** Calls back when no errand has the main thread. One that takes long is interrupted: a cell comes first. */
  whenOver(action: () => void): void {
    for (const pending of this.#queue.splice(0)) this.#answer(pending, this.#busy());
    const current = this.#current;
    if (!current) {
      action();
      return;
    }
    this.#waiting.push(action);
    if (this.#waiting.length === 1) setTimeout(() => this.#stop(current, this.#busy()), HURRY_MS);
  }

  #add(replyTo: number, errand: Errand): void {
    const number = ++this.#lastNumber;
    const limit = setTimeout(() => this.#late(pending), LIMIT_MS);
    const pending: Pending = { number, replyTo, errand, limit, answered: false };
    if (this.#options.busySince() !== null) {
      this.#answer(pending, this.#busy());
      return;
    }
    this.#queue.push(pending);
    this.#next();
  }

  #next(): void {
    this.#options.inspector.whenQuiet(() => {
      if (this.#current) return;
      const pending = this.#queue.shift();
      if (!pending) return;
      this.#current = pending;
      const message: ToMain = { kind: 'errand', number: pending.number, errand: pending.errand };
      this.#options.main.postMessage(message);
    });
  }

  #late(pending: Pending): void {
    const index = this.#queue.indexOf(pending);
    if (index !== -1) this.#queue.splice(index, 1);
    const begun = this.#current === pending && this.#runs(pending);
    this.#stop(pending, failed(begun ? TOO_LONG : NOT_BEGUN));
  }

  /** Answers, and sees to it that the main thread is free. */
  #stop(pending: Pending, outcome: Refusal): void {
    if (pending.answered) return;
    this.#answer(pending, outcome);
    if (this.#current !== pending) return;
    Atomics.store(this.#memory.words, Word.withdrawn, pending.number);
    if (!this.#runs(pending)) {
      this.#over(pending);
      return;
    }
    this.#options.inspector.terminate(() => this.#over(pending));
    // If it has just ended by itself, there is nothing else that the termination could hit.
    const probe: ToMain = { kind: 'probe' };
    this.#options.main.postMessage(probe);
  }

  #runs({ number }: Pending): boolean {
    return Atomics.load(this.#memory.words, Word.errand) === number;
  }

  #over(pending: Pending): void {
    if (this.#current !== pending) return;
    clearTimeout(pending.limit);
    this.#current = null;
    for (const action of this.#waiting.splice(0)) action();
    this.#next();
  }

  #busy(): Refusal {
    return { status: 'busy', since: this.#options.busySince() ?? Date.now() };
  }

  #answer(pending: Pending, outcome: Refusal): void {
    pending.answered = true;
    clearTimeout(pending.limit);
    if (pending.errand.kind === 'read') this.#sendRead(pending.replyTo, outcome);
    else this.#sendEdited(pending.replyTo, outcome);
  }

  #sendEdited(replyTo: number, outcome: EditOutcome): void {
    this.#options.connection.send({ type: 'namespace_edited', replyTo, outcome });
  }

  #sendRead(replyTo: number, outcome: ReadOutcome, payload?: Uint8Array): void {
    this.#options.connection.send({ type: 'value_read', replyTo, outcome }, payload);
  }
}

const NO_PLACE = 'Only a variable can be read, or what is below one by names and literal keys, such as a.b["c"][0].';
const TOO_LONG =
  'Reading the value took longer than 3 s and was interrupted. Filter it in a cell, and read the result.';
const NOT_BEGUN = 'Work in the background kept the session busy for 3 s. Cancel it, or try again when it is done.';

function failed(message: string): Refusal {
  return { status: 'failed', message: message.slice(0, MAX_MESSAGE) };
}

/** @throws Refused */
function checkName(name: string): void {
  if (isName(name)) return;
  throw new Refused(`“${name.slice(0, 100)}” cannot be the name of a variable in JavaScript. Choose another one.`);
}
