/** What a number of measurements say, in their own unit. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), min: at(0), max: at(1) };
}

/** Milliseconds that an action took. */
export async function time(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** How much `values` grow from one to the next, by least squares. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let together = 0;
  let square = 0;
  for (const [index, value] of values.entries()) {
    together += (index - middle) * (value - mean);
    square += (index - middle) ** 2;
  }
  return together / square;
}

/** What can be measured once: it gives the value. */
export type Contender = () => Promise<number>;

/**
 * Measures each contender once per round, one after the other, so that what the machine does meanwhile hits all alike.
 * @returns the measurements by contender.
 */
export async function interleave(
  rounds: number,
  contenders: Readonly<Record<string, Contender>>,
): Promise<Record<string, number[]>> {
  const measured: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(contenders)) measured[name]?.push(await measure());
  }
  return measured;
}
