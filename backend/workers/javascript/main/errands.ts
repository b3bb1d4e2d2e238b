import type { Errand, ErrandResult } from '../shared/errands.ts';
import { Word } from '../shared/memory.ts';
import { Edits } from './edits.ts';
import type { EngineNames } from './engine-names.ts';
import { arrive } from './inspection/place.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import { load, slice, store } from './primordials.ts';
import { NotReadable, Reader } from './reading/reader.ts';
import { describeThrown } from './thrown.ts';

const MAX_MESSAGE = 5000;

/** What a person asked for between two cells. */
export class Errands {
  readonly #link: Link;
  readonly #namespace: Namespace;
  readonly #names: EngineNames;
  readonly #edits: Edits;
  readonly #reader = new Reader();

  constructor(link: Link, namespace: Namespace, names: EngineNames) {
    this.#link = link;
    this.#namespace = namespace;
    this.#names = names;
    this.#edits = new Edits(namespace, names);
  }

  run(number: number, errand: Errand): void {
    const { words } = this.#link.memory;
    // In this order: the control thread withdraws it, and then looks whether it has begun.
    store(words, Word.errand, number);
    if (number <= load(words, Word.withdrawn)) return;
    const result = this.#do(errand);
    store(words, Word.errand, 0);
    this.#link.send({ kind: 'errand_done', number, result });
  }

  /** A cell may change what was read. */
  forget(): void {
    this.#reader.forget();
  }

  #do(errand: Errand): ErrandResult {
    if (errand.kind === 'read') return this.#read(errand);
    this.#reader.forget();
    const problem = this.#edits.perform(errand);
    const outcome = problem === null ? ({ status: 'done' } as const) : failed(problem);
    return { kind: 'edited', outcome, namespace: this.#namespace.delta() };
  }

  #read({ place, reading }: Extract<Errand, { kind: 'read' }>): ErrandResult {
    try {
      const arrival = arrive(place, this.#names);
      if (arrival.status !== 'found' || arrival.property.kind !== 'value') {
        throw new NotReadable(
          'There is no such value (any more), or only code can reach it. Store it in a variable first.',
        );
      }
      return { kind: 'read', ...this.#reader.read(arrival.property.value, reading) };
    } catch (error) {
      const problem = error instanceof NotReadable ? error.message : `The value cannot be read. ${told(error)}`;
      return { kind: 'read', outcome: failed(problem), payload: null };
    }
  }
}

function told(error: unknown): string {
  const { name, message } = describeThrown(error);
  return `${name}: ${message}`;
}

function failed(message: string): { status: 'failed'; message: string } {
  return { status: 'failed', message: slice(message, 0, MAX_MESSAGE) };
}
