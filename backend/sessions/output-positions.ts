/** Of what an execution prints, a lossy reader gets the first bytes and, as far as it has come, the last. A window shows no more. */
export const SHOWN_BYTES = 512 * 1024;

/** How far the output of each execution has come. Null: what is printed between executions. */
export class OutputPositions {
  readonly #totals = new Map<string | null, number>();

  /** @returns the position of the first of these bytes in the output of their execution. */
  add(executionId: string | null, bytes: number): number {
    const start = this.#totals.get(executionId) ?? 0;
    this.#totals.set(executionId, start + bytes);
    return start;
  }

  /** Neither at the beginning nor, by now, at the end of what the execution has printed. */
  isMiddle(executionId: string | null, start: number, bytes: number): boolean {
    const total = this.#totals.get(executionId) ?? 0;
    return start >= SHOWN_BYTES && start + bytes <= total - SHOWN_BYTES;
  }

  forget(executionId: string): void {
    this.#totals.delete(executionId);
  }
}
