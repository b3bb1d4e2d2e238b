import type { InlineText } from './inline-text.ts';

/** An inline result as it is shown. */
export interface InlineResult extends InlineText {
  readonly executionId: string;
  /** 0-based line at whose end it stands. Several on a line stand beside each other. */
  readonly line: number;
  /** The code has been edited since it ran. */
  readonly stale: boolean;
  /** Markdown of its hover. */
  readonly hover: string;
}

/** Whether drawing one list in place of the other would change nothing. */
export function looksSame(one: readonly InlineResult[], other: readonly InlineResult[]): boolean {
  return one.length === other.length && one.every((result, index) => isSame(result, other[index]));
}

function isSame(one: InlineResult, other: InlineResult | undefined): boolean {
  return (
    one.executionId === other?.executionId &&
    one.line === other.line &&
    one.kind === other.kind &&
    one.mark === other.mark &&
    one.text === other.text &&
    one.stale === other.stale &&
    one.hover === other.hover
  );
}

/** The results of each line that has any, in the order in which they come. */
export function byLine(results: readonly InlineResult[]): InlineResult[][] {
  return [...Map.groupBy(results, ({ line }) => line).values()];
}
