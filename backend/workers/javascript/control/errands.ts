import type { MessagePort } from 'node:worker_threads';
import type { EditOutcome, ReadOutcome } from '../../../protocol/inspection.ts';
import { unreachable } from '../../../protocol/unreachable.ts';
import type { ToWorker } from '../../../protocol/worker/index.ts';
import type { RestoreErrand } from '../shared/checkpoint.ts';
import type { Errand, ErrandResult } from '../shared/errands.ts';
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
/** For the whole namespace. */
const CHECKPOINT_LIMIT_MS = 120_000;
/** How long a cell waits for an errand. */
const HURRY_MS = 30;
const MAX_MESSAGE = 5000;
/** Of a checkpoint, in one message. */
const CHUNK_BYTES = 4 * 1024 * 1024;

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

  checkpoint({ id, maxVariableBytes, maxBytes, givesWay }: Extract<ToWorker, { type: 'checkpoint' }>): void {
    this.#add(id, { kind: 'checkpoint', maxVariableBytes, maxBytes, givesWay });
  }

  restore(id: number, errand: RestoreErrand): void {
    this.#add(id, errand);
  }

  done({ number, result }: Extract<FromMain, { kind: 'errand_done' }>): void {
    const pending = this.#current;
    // One that was terminated too late has been answered already.
    if (pending?.number !== number || pending.answered) return;
    pending.answered = true;
    this.#deliver(pending, result);
    this.#over(pending);
  }

  #deliver(pending: Pending, result: ErrandResult): void {
    const { replyTo } = pending;
    const { connection } = this.#options;
    switch (result.kind) {
      case 'edited':
        this.#namespaceChanged(result.namespace);
        this.#sendEdited(replyTo, result.outcome);
        return;
      case 'read':
        this.#sendRead(replyTo, result.outcome, result.payload ?? undefined);
        return;
      case 'saved':
        this.#sendParts(replyTo, result.parts);
        connection.send({ type: 'checkpointed', replyTo, outcome: { status: 'done' } }, json(result.manifest));
        return;
      case 'restored':
        this.#namespaceChanged(result.namespace);
        connection.send(
          { type: 'restored', replyTo, outcome: { status: 'done' } },
          json({ variables: result.variables }),
        );
        return;
      case 'failed':
        this.#refuse(pending, failed(result.message));
        return;
      default:
        unreachable(result);
    }
  }

  #namespaceChanged(delta: NamespaceDelta): void {
    const { changed, deleted, total, truncated } = delta;
    this.#options.namespace(delta);
    const lists = { changed: [...changed], deleted: [...deleted] };
    this.#options.connection.send({ type: 'namespace_changed', executionId: null, ...lists, total, truncated });
  }

  #sendParts(replyTo: number, parts: readonly Uint8Array[]): void {
    for (const [part, bytes] of parts.entries()) {
      for (let start = 0; start === 0 || start < bytes.length; start += CHUNK_BYTES) {
        const chunk = bytes.subarray(start, start + CHUNK_BYTES);
        this.#options.connection.send({ type: 'checkpoint_part', replyTo, part }, chunk);
      }
    }
  }

  /** Calls back when no errand has the main thread. One that takes long is interrupted, unless it is to be finished first. */
  whenOver(action: () => void): void {
    for (const pending of this.#queue.splice(0)) this.#answer(pending, this.#busy());
    const current = this.#current;
    if (!current) {
      action();
      return;
    }
    this.#waiting.push(action);
    if (this.#waiting.length === 1 && hurries(current.errand))
      setTimeout(() => this.#stop(current, () => this.#busy()), HURRY_MS);
  }

  #add(replyTo: number, errand: Errand): void {
    const number = ++this.#lastNumber;
    const limit = setTimeout(() => this.#late(pending), limitOf(errand));
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
      const { errand } = pending;
      const handedOver = errand.kind === 'restore' ? errand.parts.map(({ buffer }) => buffer as ArrayBuffer) : [];
      this.#options.main.postMessage(message, handedOver);
    });
  }

  #late(pending: Pending): void {
    const index = this.#queue.indexOf(pending);
    if (index !== -1) this.#queue.splice(index, 1);
    this.#stop(pending, (begun) => failed(begun ? tooLong(pending.errand) : notBegun(pending.errand)));
  }

  /** Answers, and sees to it that the main thread is free. What has just been done is answered as done. */
  #stop(pending: Pending, outcomeOf: (begun: boolean) => Refusal): void {
    if (pending.answered) return;
    if (this.#current !== pending) {
      this.#answer(pending, outcomeOf(false));
      return;
    }
    const { number } = pending;
    const { words } = this.#memory;
    // In this order: the main thread says that it begins, and then looks whether it may. Whoever hears the answer may count on it.
    Atomics.store(words, Word.withdrawn, number);
    const state = Atomics.load(words, Word.errand);
    if (state === -number) return;
    const begun = state === number;
    this.#answer(pending, outcomeOf(begun));
    if (!begun) {
      this.#over(pending);
      return;
    }
    this.#options.inspector.terminate(() => this.#over(pending));
    // If it has just ended by itself, there is nothing else that the termination could hit.
    const probe: ToMain = { kind: 'probe' };
    this.#options.main.postMessage(probe);
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
    this.#refuse(pending, outcome);
  }

  #refuse({ errand, replyTo }: Pending, outcome: Refusal): void {
    const { connection } = this.#options;
    if (errand.kind === 'read') this.#sendRead(replyTo, outcome);
    else if (errand.kind === 'checkpoint') connection.send({ type: 'checkpointed', replyTo, outcome });
    else if (errand.kind === 'restore') connection.send({ type: 'restored', replyTo, outcome });
    else this.#sendEdited(replyTo, outcome);
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

function takesAll({ kind }: Errand): boolean {
  return kind === 'checkpoint' || kind === 'restore';
}

function limitOf(errand: Errand): number {
  return takesAll(errand) ? CHECKPOINT_LIMIT_MS : LIMIT_MS;
}

function tooLong(errand: Errand): string {
  return takesAll(errand) ? `It took longer than ${CHECKPOINT_LIMIT_MS / 1000} s and was interrupted.` : TOO_LONG;
}

function notBegun(errand: Errand): string {
  const seconds = limitOf(errand) / 1000;
  return `Work in the background kept the session busy for ${seconds} s. Cancel it, or try again when it is done.`;
}

/** Ends soon when a cell waits for it. */
function hurries(errand: Errand): boolean {
  return errand.kind === 'checkpoint' ? errand.givesWay : errand.kind !== 'restore';
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function failed(message: string): Refusal {
  return { status: 'failed', message: message.slice(0, MAX_MESSAGE) };
}

/** @throws Refused */
function checkName(name: string): void {
  if (isName(name)) return;
  throw new Refused(`“${name.slice(0, 100)}” cannot be the name of a variable in JavaScript. Choose another one.`);
}
