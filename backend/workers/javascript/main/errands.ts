import type { Errand, ErrandResult } from '../shared/errands.ts';
import { Word } from '../shared/memory.ts';
import type { CompiledCell } from '../shared/messages.ts';
import type { Cells } from './cells.ts';
import type { Definitions } from './checkpoints/definitions.ts';
import { restore } from './checkpoints/restore.ts';
import { save } from './checkpoints/save.ts';
import { Edits } from './edits.ts';
import type { EngineNames } from './engine-names.ts';
import { arrive } from './inspection/place.ts';
import type { Link } from './link.ts';
import type { Modules } from './modules.ts';
import type { Namespace } from './namespace.ts';
import { load, slice, store } from './primordials.ts';
import { NotReadable, Reader } from './reading/reader.ts';
import { describeThrown } from './thrown.ts';

const MAX_MESSAGE = 5000;

export interface ErrandsOptions {
  readonly link: Link;
  readonly namespace: Namespace;
  readonly names: EngineNames;
  readonly modules: Modules;
  readonly definitions: Definitions;
  readonly cells: Cells;
}

/** What a person asked for between two cells. */
export class Errands {
  readonly #options: ErrandsOptions;
  readonly #edits: Edits;
  readonly #reader = new Reader();

  constructor(options: ErrandsOptions) {
    this.#options = options;
    this.#edits = new Edits(options.namespace, options.names);
  }

  run(number: number, errand: Errand): void {
    const { link } = this.#options;
    const { words } = link.memory;
    // In this order: the control thread withdraws it, and then looks whether it has begun.
    store(words, Word.errand, number);
    if (number <= load(words, Word.withdrawn)) return;
    const result = this.#do(errand);
    store(words, Word.errand, -number);
    link.send({ kind: 'errand_done', number, result });
  }

  /** A cell may change what was read. */
  forget(): void {
    this.#reader.forget();
  }

  #do(errand: Errand): ErrandResult {
    switch (errand.kind) {
      case 'read':
        return this.#read(errand);
      case 'checkpoint':
        return attempted(() => save(errand, this.#options));
      case 'restore':
        return this.#restore(errand);
      default:
        return this.#edit(errand);
    }
  }

  #edit(edit: Parameters<Edits['perform']>[0]): ErrandResult {
    this.#reader.forget();
    const problem = this.#edits.perform(edit);
    const outcome = problem === null ? ({ status: 'done' } as const) : failed(problem);
    return { kind: 'edited', outcome, namespace: this.#options.namespace.delta() };
  }

  #restore(errand: Extract<Errand, { kind: 'restore' }>): ErrandResult {
    const { namespace, modules, cells } = this.#options;
    this.#reader.forget();
    return attempted(() => {
      const host = {
        namespace,
        modules,
        define: (cell: CompiledCell, path: string | null) => cells.define(cell, path),
      };
      const variables = restore(errand, host);
      return { kind: 'restored', variables, namespace: namespace.delta() };
    });
  }

  #read({ place, reading }: Extract<Errand, { kind: 'read' }>): ErrandResult {
    try {
      const arrival = arrive(place, this.#options.names);
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

function attempted(action: () => ErrandResult): ErrandResult {
  try {
    return action();
  } catch (error) {
    return { kind: 'failed', message: slice(told(error), 0, MAX_MESSAGE) };
  }
}

function told(error: unknown): string {
  const { name, message } = describeThrown(error);
  return `${name}: ${message}`;
}

function failed(message: string): { status: 'failed'; message: string } {
  return { status: 'failed', message: slice(message, 0, MAX_MESSAGE) };
}
