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
/**
 * Code that was terminated may have been followed by more of the cell's: a microtask, a timer. The pause before it is terminated
 * again doubles: a busy machine must come to answer `abandon` in one of them.
 */
const PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

const RUNGS: readonly (CancelRung | null)[] = [null, 'cooperative', 'interrupt', 'children', 'force'];

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
  /** What the next termination counts as. */
  #next: 'interrupt' | 'force' = 'interrupt';
  /** Milliseconds. */
  #pause = PAUSE_MS;
  /** Until the next termination; undefined while one is under way or none has been asked for. */
  #waiting: NodeJS.Timeout | undefined;
  #asking: NodeJS.Timeout | undefined;

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
    if (rung !== 'force' || this.#next === 'force') return;
    this.#next = 'force';
    this.#pause = PAUSE_MS;
    // The grace is kept: what is terminated in it may be Node's own code, which is not made for that.
    if (this.#waiting && this.#rung !== 'cooperative') this.#terminate(serial);
  }

  /** It is over. Answers the rung that was reached, null when nobody cancelled it. */
  ended(): CancelRung | null {
    clearInterval(this.#asking);
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#next = 'interrupt';
    this.#pause = PAUSE_MS;
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
    const serial = this.#serial;
    this.#rung = 'cooperative';
    this.#abandon();
    this.#asking = setInterval(() => this.#abandon(), ASK_AGAIN_MS);
    if (this.#running === serial) this.#terminate(serial);
    // Suspended at an await, or in a callback that may be endless: only the answer tells.
    else this.#waiting = setTimeout(() => this.#terminate(serial), GRACE_MS);
  }

  get #running(): Serial {
    return Atomics.load(this.#memory.words, Word.running);
  }

  #abandon(): void {
    const message: ToMain = { kind: 'abandon', serial: this.#serial };
    this.#main.postMessage(message);
  }

  /** Terminates what runs on the main thread, one termination at a time, until that lets go of the execution. */
  #terminate(serial: Serial): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    const again = () => {
      if (this.#serial !== serial) return;
      this.#waiting = setTimeout(() => this.#terminate(serial), this.#pause);
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
    };
    const { words } = this.#memory;
    const gating = Atomics.load(words, Word.gating) === 1 && this.#pause < LONGEST_PAUSE_MS;
    if (gating || Atomics.load(words, Word.leaving) === serial) {
      again();
      return;
    }
    this.#raise(this.#next);
    this.#inspector.terminate(() => {
      if (this.#serial === serial) this.#abandon();
      again();
    });
  }

  #raise(rung: CancelRung): void {
    if (RUNGS.indexOf(rung) > RUNGS.indexOf(this.#rung)) this.#rung = rung;
  }
}
