import type { MessagePort } from 'node:worker_threads';
import type { CancelRung } from '../../../protocol/values.ts';
import { type Memory, openMemory, Word } from '../shared/memory.ts';
import type { Serial, ToMain } from '../shared/messages.ts';
import { killChildren } from './children.ts';
import type { Inspector } from './inspector.ts';

export type LaterRung = 'interrupt' | 'children' | 'force';

/**
 * An idle main thread answers `abandon` within a few milliseconds. One that does not is in a callback, which may be of another
 * cell and about to return: this is the time it gets for that.
 */
const GRACE_MS = 50;
/** A terminated callback may be the one that would have answered: ask again. */
const ASK_AGAIN_MS = 50;
/** Code that was terminated may have been followed by more of the cell's: a microtask, a timer. */
const TERMINATE_AGAIN_MS = 20;
const FORCE_MS = 10;

/**
 * Ends the running execution from outside. The main thread is asked to let go of it (`abandon`), which it does as soon as no
 * user code runs; `terminate` makes that so. Whatever comes late finds another serial and does nothing.
 */
export class Canceller {
  readonly #main: MessagePort;
  readonly #inspector: Inspector;
  readonly #memory: Memory;
  readonly #failed: (error: Error) => void;
  #serial: Serial = 0;
  #rung: CancelRung | null = null;
  #requested: Serial = 0;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(main: MessagePort, inspector: Inspector, memory: SharedArrayBuffer, failed: (error: Error) => void) {
    this.#main = main;
    this.#inspector = inspector;
    this.#memory = openMemory(memory);
    this.#failed = failed;
  }

  /** The main thread has been told to run it. A cancel that came while it was compiled takes effect now. */
  started(serial: Serial): void {
    this.#serial = serial;
    if (this.#requested === serial) this.#begin();
  }

  cancel(serial: Serial): void {
    if (this.#requested === serial) return;
    this.#requested = serial;
    if (this.#serial === serial) this.#begin();
  }

  interrupt(serial: Serial, rung: LaterRung, startedAt: number): void {
    if (this.#serial !== serial) return;
    this.#requested = serial;
    if (this.#rung === null) this.#begin();
    if (rung === 'children') {
      killChildren(startedAt).then((count) => {
        if (count > 0 && this.#serial === serial) this.#raise('children');
      }, this.#failed);
      return;
    }
    this.#terminate(rung);
    if (rung === 'force') this.#every(FORCE_MS, () => this.#terminate('force'));
  }

  /** It is over. Answers the rung that was reached, null when nobody cancelled it. */
  ended(): CancelRung | null {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
    const rung = this.#rung;
    this.#rung = null;
    this.#serial = 0;
    return rung;
  }

  /** Calls back when the next execution may start: nothing that was meant for the last one can hit it. */
  whenOver(action: () => void): void {
    this.#inspector.whenQuiet(action);
  }

  #begin(): void {
    this.#rung = 'cooperative';
    this.#abandon();
    this.#every(ASK_AGAIN_MS, () => this.#abandon());
    const terminate = () => {
      this.#terminate('interrupt');
      this.#every(TERMINATE_AGAIN_MS, () => this.#terminate('interrupt'));
    };
    if (Atomics.load(this.#memory.words, Word.running) === this.#serial) terminate();
    // Suspended at an await, or in a callback that may be endless: only the answer tells.
    else this.#timers.add(setTimeout(terminate, GRACE_MS));
  }

  #abandon(): void {
    const message: ToMain = { kind: 'abandon', serial: this.#serial };
    this.#main.postMessage(message);
  }

  #terminate(rung: 'interrupt' | 'force'): void {
    if (Atomics.load(this.#memory.words, Word.leaving) === this.#serial) return;
    this.#raise(rung);
    this.#inspector.terminate();
  }

  #raise(rung: CancelRung): void {
    const order: readonly (CancelRung | null)[] = [null, 'cooperative', 'interrupt', 'children', 'force'];
    if (order.indexOf(rung) > order.indexOf(this.#rung)) this.#rung = rung;
  }

  #every(milliseconds: number, action: () => void): void {
    this.#timers.add(setInterval(action, milliseconds));
  }
}
