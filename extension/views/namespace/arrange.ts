import type { Variable } from '../../../backend/protocol/values.ts';
import type { KnownVariable } from '../../client/namespaces.ts';

export const SORT_ORDERS = ['definition', 'name', 'type', 'size', 'recency'] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

/** Which variables are shown, and in which order. */
export interface Arrangement {
  /** Words that name or type must contain, without regard to case. Empty: no filter. */
  readonly filter: string;
  readonly sort: SortOrder;
  readonly hideModules: boolean;
  readonly hideFunctions: boolean;
  readonly hidePrivate: boolean;
  /** Names that come first and are never hidden by their kind. */
  readonly pinned: ReadonlySet<string>;
}

let collator: Intl.Collator | undefined;

/** `a2` before `a10`. Made when something is sorted: a collator takes milliseconds, and this is loaded before a window is there. */
function compare(one: string, other: string): number {
  collator ??= new Intl.Collator(undefined, { numeric: true });
  return collator.compare(one, other);
}

const ORDERS: Record<SortOrder, ((one: KnownVariable, other: KnownVariable) => number) | null> = {
  definition: null,
  name: ({ variable: one }, { variable: other }) => compare(one.name, other.name),
  type: ({ variable: one }, { variable: other }) => compare(one.type, other.type) || compare(one.name, other.name),
  size: ({ variable: one }, { variable: other }) => sizeOf(other) - sizeOf(one),
  recency: (one, other) => other.changedAt - one.changedAt,
};

/** The variables to show. Equal ones keep the order of definition. */
export function arrange(variables: Iterable<KnownVariable>, arrangement: Arrangement): KnownVariable[] {
  const { sort, pinned } = arrangement;
  const words = arrangement.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = [...variables].filter(
    ({ variable }) => matches(variable, words) && (pinned.has(variable.name) || !isHidden(variable, arrangement)),
  );
  const order = ORDERS[sort];
  if (order) shown.sort(order);
  if (pinned.size === 0) return shown;
  const first = shown.filter(({ variable }) => pinned.has(variable.name));
  return [...first, ...shown.filter(({ variable }) => !pinned.has(variable.name))];
}

function matches({ name, type }: Variable, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${name}\n${type}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function isHidden({ name, kind }: Variable, { hideModules, hideFunctions, hidePrivate }: Arrangement): boolean {
  if (hidePrivate && name.startsWith('_')) return true;
  return kind === 'module' ? hideModules : kind !== 'value' && hideFunctions;
}

/** Elements; what has none comes last. */
function sizeOf({ shape, length }: Variable): number {
  return shape ? shape.reduce((product, size) => product * size, 1) : (length ?? -1);
}
