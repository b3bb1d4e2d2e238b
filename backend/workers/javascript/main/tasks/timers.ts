import { types } from 'node:util';
import { uncurry } from '../primordials.ts';
import { dataOf } from '../summary/facts.ts';
import { line } from '../summary/line.ts';
import type { Work } from './tasks.ts';

// Taken before user code can replace them.
const { isProxy } = types;
const { clearTimeout, clearImmediate, setTimeout, setImmediate } = globalThis;
const { hasTimeoutRef, hasImmediateRef, refresh } = methods();

function methods() {
  const timeout = setTimeout(() => {}, 0);
  const immediate = setImmediate(() => {});
  clearTimeout(timeout);
  clearImmediate(immediate);
  return {
    hasTimeoutRef: uncurry(timeout.hasRef),
    hasImmediateRef: uncurry(immediate.hasRef),
    refresh: uncurry(timeout.refresh),
  };
}

/** Of `setTimeout` and `setInterval`. */
export class TimeoutWork implements Work {
  readonly kind = 'timer';
  readonly #timeout: NodeJS.Timeout;

  constructor(timeout: NodeJS.Timeout) {
    this.#timeout = timeout;
  }

  get live(): boolean {
    return dataOf(this.#timeout, '_destroyed') !== true && (this.#scheduled || this.#repeats);
  }

  get awaited(): boolean {
    return hasTimeoutRef(this.#timeout);
  }

  /** An interval whose callback was terminated is not scheduled again. */
  revive(): void {
    if (!this.#scheduled && this.live) refresh(this.#timeout);
  }

  /** It stands in one of Node's lists. */
  get #scheduled(): boolean {
    return typeof dataOf(this.#timeout, '_idleNext') === 'object' && dataOf(this.#timeout, '_idleNext') !== null;
  }

  get #repeats(): boolean {
    return typeof dataOf(this.#timeout, '_repeat') === 'number';
  }

  name(): string {
    const every = dataOf(this.#timeout, '_repeat');
    const when = typeof every === 'number' ? `every ${every}` : `in ${milliseconds(this.#timeout)}`;
    return line(`${nameOf(dataOf(this.#timeout, '_onTimeout'))} ${when} ms`);
  }

  cancel(): 'cancelled' {
    clearTimeout(this.#timeout);
    return 'cancelled';
  }
}

/** Of `setImmediate`: it is seen when each makes the next. */
export class ImmediateWork implements Work {
  readonly kind = 'timer';
  readonly #immediate: NodeJS.Immediate;

  constructor(immediate: NodeJS.Immediate) {
    this.#immediate = immediate;
  }

  get live(): boolean {
    return dataOf(this.#immediate, '_destroyed') !== true;
  }

  get awaited(): boolean {
    return hasImmediateRef(this.#immediate);
  }

  revive(): void {}

  name(): string {
    return line(`${nameOf(dataOf(this.#immediate, '_onImmediate'))} at once`);
  }

  cancel(): 'cancelled' {
    clearImmediate(this.#immediate);
    return 'cancelled';
  }
}

/** Of the `setTimeout` that gives a promise. Its cancel rejects that with an AbortError. */
export class SleepWork implements Work {
  readonly kind = 'timer';
  readonly #delay: unknown;
  readonly #abort: () => void;
  readonly awaited = true;
  live = true;

  constructor(delay: unknown, abort: () => void) {
    this.#delay = delay;
    this.#abort = abort;
  }

  name(): string {
    return typeof this.#delay === 'number' ? `a wait of ${this.#delay} ms` : 'a wait';
  }

  revive(): void {}

  cancel(): 'cancelled' {
    this.#abort();
    return 'cancelled';
  }
}

function milliseconds(timeout: NodeJS.Timeout): number {
  const delay = dataOf(timeout, '_idleTimeout');
  return typeof delay === 'number' ? delay : 0;
}

function nameOf(callback: unknown): string {
  if (typeof callback !== 'function' || isProxy(callback)) return 'a callback';
  const name = dataOf(callback, 'name');
  return typeof name === 'string' && name !== '' ? name : 'a callback';
}
