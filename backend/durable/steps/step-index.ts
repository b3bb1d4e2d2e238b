import type { CellIdentity } from './cell-identity.ts';
import type { StepRecord } from './step-record.ts';

/** Names a step in its cell. */
export interface StepRef {
  readonly name: string;
  /** JSON. */
  readonly key: string | null;
}

export interface KeptCell {
  readonly file: string;
  readonly steps: readonly StepRecord[];
}

/** The steps that are kept, by their cells. */
export class StepIndex {
  /** Oldest first. */
  readonly #cells = new Map<string, Map<string, StepRecord>>();
  #size = 0;
  #bytes = 0;

  /** @param records oldest first: of two of one step the newer counts */
  constructor(records: readonly StepRecord[]) {
    for (const record of records) this.add(record);
  }

  get size(): number {
    return this.#size;
  }

  /** Of all values. */
  get bytes(): number {
    return this.#bytes;
  }

  add(record: StepRecord): void {
    const { cellId, bytes } = record.step;
    const before = this.find(cellId, record.step);
    if (before) this.remove(before);
    this.#size++;
    this.#bytes += bytes;
    const steps = this.#cells.get(cellId) ?? new Map<string, StepRecord>();
    // The cell whose step is the newest comes last.
    this.#cells.delete(cellId);
    this.#cells.set(cellId, steps);
    steps.set(nameOf(record.step), record);
  }

  remove({ step }: StepRecord): void {
    const steps = this.#cells.get(step.cellId);
    if (steps?.get(nameOf(step))?.step.stepId !== step.stepId) return;
    steps.delete(nameOf(step));
    this.#size--;
    this.#bytes -= step.bytes;
    if (steps.size === 0) this.#cells.delete(step.cellId);
  }

  find(cellId: string, ref: StepRef): StepRecord | undefined {
    return this.#cells.get(cellId)?.get(nameOf(ref));
  }

  ofCell(cellId: string): readonly StepRecord[] {
    return [...(this.#cells.get(cellId)?.values() ?? [])];
  }

  /** The newest other text in the file with the same heading that has this step. */
  earlier({ cellId, file, heading, language }: CellIdentity, ref: StepRef): KeptCell | undefined {
    if (heading === '') return undefined;
    for (const [id, steps] of [...this.#cells].reverse()) {
      const [first] = steps.values();
      const same = first?.step.file === file && first.step.heading === heading && first.step.language === language;
      if (id !== cellId && same && steps.has(nameOf(ref))) return { file, steps: [...steps.values()] };
    }
    return undefined;
  }

  newestFirst(): StepRecord[] {
    const all = [...this.#cells.values()].flatMap((steps) => [...steps.values()]);
    // Of two of one millisecond the one that came last is the newest.
    return all.reverse().sort((one, other) => other.step.keptAt - one.step.keptAt);
  }

  /** Hashes of the values that are files of their own. */
  blobs(): Set<string> {
    const all = [...this.#cells.values()].flatMap((steps) => [...steps.values()]);
    return new Set(all.filter(({ inside }) => inside === null).map(({ sha256 }) => sha256));
  }
}

function nameOf({ name, key }: StepRef): string {
  return JSON.stringify([name, key]);
}
