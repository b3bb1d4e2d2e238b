import type { Progress } from './progress.ts';

type Bar = Pick<Progress, 'label' | 'done' | 'total'>;

/** How much of it is done, from 0 to 1; null when nobody knows. */
export function fractionDone({ done, total }: Bar): number | null {
  if (total === null) return null;
  return total === 0 ? 1 : Math.min(done / total, 1);
}

/** One line: `Rows 34% · 340/1000`. The label is a program's, and is data. */
export function progressText(bar: Bar): string {
  const fraction = fractionDone(bar);
  const counted = bar.total === null ? short(bar.done) : `${short(bar.done)}/${short(bar.total)}`;
  const label = bar.label.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  // Not 100% before all is done.
  const parts = [label, fraction === null ? '' : `${Math.floor(fraction * 100)}% ·`, counted];
  return parts.filter((part) => part !== '').join(' ');
}

function short(number: number): string {
  return Number.isInteger(number) && number < 1e15 ? String(number) : String(Number(number.toPrecision(4)));
}
