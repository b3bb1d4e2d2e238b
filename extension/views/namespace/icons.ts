import type { Child } from '../../../backend/protocol/inspection.ts';
import type { Variable } from '../../../backend/protocol/values.ts';

/** Codicons by the lower-case names of types, of both languages. */
const BY_TYPE: readonly (readonly [string, RegExp])[] = [
  ['symbol-numeric', /^(int|float|complex|decimal|fraction|number|bigint|u?int\d+|float\d+)$/],
  ['symbol-string', /^(str|string|bytes|bytearray)$/],
  ['symbol-boolean', /^(bool|boolean|bool_)$/],
  ['circle-slash', /^(nonetype|null|undefined)$/],
  ['symbol-array', /^(list|tuple|set|frozenset|deque|range|array|.*array|map|weakmap|weakset)$/],
  ['symbol-object', /^(dict|object|defaultdict|ordereddict|counter)$/],
];

/** The codicon of a value. */
export function iconOf({ kind, type, shape, tabular }: Variable): string {
  if (kind === 'module') return 'symbol-namespace';
  if (kind === 'function') return 'symbol-method';
  if (kind === 'class') return 'symbol-class';
  if (tabular && shape?.length === 2) return 'table';
  const name = type.toLowerCase();
  return BY_TYPE.find(([, pattern]) => pattern.test(name))?.[0] ?? 'symbol-variable';
}

/** As `iconOf`; what is no value of its own says what it is. */
export function childIconOf({ role, variable }: Child): string {
  if (role === 'getter') return 'symbol-property';
  if (role === 'prototype') return 'symbol-interface';
  if (role === 'column') return 'symbol-field';
  return iconOf(variable);
}
