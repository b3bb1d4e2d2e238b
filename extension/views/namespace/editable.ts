import type { Variable } from '../../../backend/protocol/values.ts';

/** Types whose values can be written as a literal. */
const LITERAL =
  /^(int|float|complex|str|bytes|bool|NoneType|list|tuple|dict|set|number|string|boolean|bigint|null|undefined|Array|Object)$/;

/** Whether a person can type a new value in its place: it is written as a literal, and it is not too much to look at. */
export function isEditable({ kind, type, length }: Variable): boolean {
  return kind === 'value' && LITERAL.test(type) && (length ?? 0) <= 1000;
}
