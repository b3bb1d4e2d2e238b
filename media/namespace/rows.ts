import type { NamespacePart, ToPage, ValueTarget } from '../protocol.ts';

export type Variable = NamespacePart['variables'][number];
export type ChildrenMessage = Extract<ToPage, { type: 'children' }>;
export type SortKey = 'name' | 'type' | 'size' | 'value';

export interface Order {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** A row of the namespace grid: a variable, something below one, or what is said in the place of rows. */
export type GridRow =
  | {
      readonly kind: 'value';
      readonly key: string;
      /** 1 for variables. */
      readonly level: number;
      readonly variable: Variable;
      readonly target: ValueTarget;
      readonly open: boolean;
    }
  | {
      readonly kind: 'more';
      readonly key: string;
      readonly level: number;
      readonly target: ValueTarget;
      readonly rest: number;
    }
  | { readonly kind: 'note'; readonly key: string; readonly level: number; readonly text: string };

/** What is known below a value. */
export interface Below {
  readonly children: ChildrenMessage['children'];
  readonly total: number;
  readonly problem: string | null;
}

const collator = new Intl.Collator(undefined, { numeric: true });

const ORDERS: Record<SortKey, (one: Variable, other: Variable) => number> = {
  name: (one, other) => collator.compare(one.name, other.name),
  type: (one, other) => collator.compare(one.type, other.type),
  size: (one, other) => elements(one) - elements(other),
  value: (one, other) => collator.compare(one.preview, other.preview),
};

/** The variables whose name or type contains the filter, in the order that is asked for, with what is open below them. */
export function gridRows(
  variables: readonly Variable[],
  options: {
    readonly filter: string;
    readonly order: Order | null;
    readonly below: ReadonlyMap<string, Below | 'asked'>;
  },
): GridRow[] {
  const { filter, order, below } = options;
  const wanted = filter.trim().toLowerCase();
  const shown = variables.filter(({ name, type }) => `${name}\n${type}`.toLowerCase().includes(wanted));
  if (order) shown.sort((one, other) => ORDERS[order.key](one, other) * (order.descending ? -1 : 1));
  return shown.flatMap((variable) => withChildren(variable, { expression: variable.name, path: [] }, 1, below));
}

/** Names a row among those of its session. */
export function keyOf({ expression, path }: ValueTarget): string {
  return JSON.stringify([expression, ...path]);
}

function withChildren(
  variable: Variable,
  target: ValueTarget,
  level: number,
  below: ReadonlyMap<string, Below | 'asked'>,
): GridRow[] {
  const key = keyOf(target);
  const known = below.get(key);
  const row: GridRow = { kind: 'value', key, level, variable, target, open: known !== undefined };
  if (known === undefined || known === 'asked') return [row];
  const { children, total, problem } = known;
  const rows: GridRow[] = [row];
  for (const [index, child] of children.entries()) {
    const path = [...target.path, index];
    rows.push(...withChildren(child.variable, { expression: target.expression, path }, level + 1, below));
  }
  if (problem !== null) rows.push({ kind: 'note', key: `${key} note`, level: level + 1, text: problem });
  else if (children.length < total) {
    rows.push({ kind: 'more', key: `${key} more`, level: level + 1, target, rest: total - children.length });
  }
  return rows;
}

function elements({ shape, length }: Variable): number {
  return shape ? shape.reduce((product, size) => product * size, 1) : (length ?? -1);
}
