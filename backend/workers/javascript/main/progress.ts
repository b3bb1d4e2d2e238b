import type { Progress as Told } from '../../../protocol/progress.ts';
import type { Capabilities } from './capabilities.ts';
import type { Link } from './link.ts';
import { isFiniteNumber, NativeString, NativeTypeError, now, slice } from './primordials.ts';

/** Between two messages of one bar, in ms: more as it takes longer, so that hours of it do not fill the session's memory of events. */
const LEAST_MS = 100;
const MOST_MS = 5_000;
const PART = 1 / 200;
const MAX_LABEL = 200;
const { iterator, asyncIterator } = Symbol;
// Not in every Node that runs workers.
const dispose: unique symbol = (Symbol.dispose ?? Symbol.for('Symbol.dispose')) as never;

type Items = Iterable<unknown> | AsyncIterable<unknown>;
interface Options {
  readonly total?: number | null;
  readonly label?: unknown;
}

/** What the bars of a session share. */
interface Bars {
  lastId: number;
  toldAt: number;
  tell(progress: Told): void;
}

/** A bar. `done` counts up to `total`, null when nobody knows; both and `label` may be set while it runs. */
class Progress {
  done = 0;
  total: number | null;
  label: unknown;
  readonly #bars: Bars;
  readonly #items: Items | undefined;
  readonly #begun = now();
  #tellAt = this.#begun + LEAST_MS;
  #id = 0;
  #ended = false;

  constructor(bars: Bars, items: Items | undefined, { total, label = '' }: Options) {
    this.#bars = bars;
    this.#items = items;
    this.total = total === undefined ? lengthOf(items) : total;
    this.label = label;
    check(this.total, 'total');
  }

  /** So much more is done. */
  update(count = 1): void {
    this.done += count;
    const time = now();
    if (time >= this.#tellAt && !this.#ended) this.#look(time);
  }

  /** It is over, whether or not all is done. */
  close(): void {
    this.#end('done');
  }

  [dispose](): void {
    this.#end('done');
  }

  *[iterator](): Generator<unknown> {
    let state: Told['state'] = 'stopped';
    try {
      for (const item of this.#given() as Iterable<unknown>) {
        yield item;
        this.update();
      }
      state = 'done';
    } finally {
      this.#end(state);
    }
  }

  async *[asyncIterator](): AsyncGenerator<unknown> {
    let state: Told['state'] = 'stopped';
    try {
      for await (const item of this.#given()) {
        yield item;
        this.update();
      }
      state = 'done';
    } finally {
      this.#end(state);
    }
  }

  #given(): Items {
    if (this.#items) return this.#items;
    throw new NativeTypeError('This progress has nothing to iterate: write `for (const item of progress(items))`.');
  }

  #look(time: number): void {
    const pause = (time - this.#begun) * PART;
    this.#tellAt = time + (pause < LEAST_MS ? LEAST_MS : pause > MOST_MS ? MOST_MS : pause);
    this.#tell('running');
  }

  #end(state: Told['state']): void {
    if (this.#ended) return;
    this.#ended = true;
    // Bars that are over at once, in a loop, are told now and then.
    if (this.#id !== 0 || now() >= this.#bars.toldAt + LEAST_MS) this.#tell(state);
  }

  #tell(state: Told['state']): void {
    check(this.done, 'done');
    check(this.total, 'total');
    if (this.#id === 0) this.#id = ++this.#bars.lastId;
    const label = slice(NativeString(this.label), 0, MAX_LABEL);
    this.#bars.toldAt = now();
    this.#bars.tell({ progressId: this.#id, label, done: this.done, total: this.total, state });
  }
}

/** `progress(items)` around what is gone through, `progress({ total })` for a bar that is moved by hand. */
export function makeProgress(link: Link, capabilities: Capabilities): (items?: unknown, options?: Options) => Progress {
  const bars: Bars = {
    lastId: 0,
    toldAt: -LEAST_MS,
    tell: (progress) => link.sendInTurn({ kind: 'progress', serial: link.owner(), progress }),
  };
  return (items, options) => {
    capabilities.check('progress');
    if (items === undefined || items === null) return new Progress(bars, undefined, options ?? {});
    if (isItems(items)) return new Progress(bars, items, options ?? {});
    if (typeof items === 'object' && options === undefined) return new Progress(bars, undefined, items);
    throw new NativeTypeError(`progress goes through something iterable, not ${typeof items}.`);
  };
}

function isItems(value: unknown): value is Items {
  if (typeof value === 'string') return true;
  if (typeof value !== 'object' || value === null) return false;
  return iterator in value || asyncIterator in value;
}

/** Null where it can be told only by going through them. */
function lengthOf(items: Items | undefined): number | null {
  const { length, size } = (items ?? {}) as { length?: unknown; size?: unknown };
  if (typeof length === 'number') return length;
  return typeof size === 'number' ? size : null;
}

function check(number: unknown, name: 'done' | 'total'): void {
  if (number === null && name === 'total') return;
  if (typeof number === 'number' && isFiniteNumber(number) && number >= 0) return;
  throw new NativeTypeError(`The ${name} of a progress is a number from 0 on, not ${NativeString(number)}.`);
}
