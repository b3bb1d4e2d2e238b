import type { ColumnFilter, Reading, TableColumn } from '../../../../protocol/inspection.ts';
import { isNaNumber, toLowerCase, uncurry } from '../primordials.ts';
import { isEmpty, numberOf, textOf } from './cell.ts';
import type { Table } from './table.ts';

type Sort = Extract<Reading, { kind: 'table' }>['sort'];
type Test = (value: unknown) => boolean;

const includes = uncurry(String.prototype.includes as (this: string, part: string) => boolean);

/** The rows that pass the filters, sorted: empty cells last, equal ones as they came. In JavaScript throughout, so it can be interrupted. */
export function matchingOrder(table: Table, sort: Sort, filters: readonly ColumnFilter[]): Uint32Array {
  const tests = filters.map((filter) => ({
    column: filter.column,
    test: testOf(filter, kindOf(table, filter.column)),
  }));
  const rows = new Uint32Array(table.rows);
  let count = 0;
  for (let row = 0; row < table.rows; row++) {
    let passes = true;
    for (let i = 0; i < tests.length && passes; i++) {
      const { column, test } = tests[i] as (typeof tests)[number];
      passes = column < table.columns.length && test(table.cell(row, column));
    }
    if (passes) rows[count++] = row;
  }
  const matching = rows.slice(0, count);
  if (!sort || sort.column >= table.columns.length) return matching;
  return sorted(table, matching, sort.column, sort.descending);
}

function kindOf(table: Table, column: number): TableColumn['kind'] {
  return table.describe(column, column < table.columns.length ? 1 : 0)[0]?.kind ?? 'other';
}

function testOf({ operator, text }: ColumnFilter, kind: TableColumn['kind']): Test {
  if (operator === 'empty') return isEmpty;
  if (operator === 'not_empty') return (value) => !isEmpty(value);
  if (operator === 'contains') {
    const part = toLowerCase(text);
    return (value) => includes(toLowerCase(textOf(value)), part);
  }
  const number = kind === 'date' ? Date.parse(text) : Number(text);
  const comparable = (kind === 'number' || kind === 'date') && text.trim() !== '' && !isNaNumber(number);
  if (operator === 'equals') {
    return comparable ? (value) => numberOf(value) === number : (value) => textOf(value) === text;
  }
  const less = operator === 'less';
  if (comparable) return (value) => (less ? numberOf(value) < number : numberOf(value) > number);
  return (value) => !isEmpty(value) && (less ? textOf(value) < text : textOf(value) > text);
}

function sorted(table: Table, rows: Uint32Array, column: number, descending: boolean): Uint32Array {
  const kind = kindOf(table, column);
  const full = new Uint32Array(rows.length);
  const empty: number[] = [];
  let count = 0;
  const byNumber = kind === 'number' || kind === 'boolean' || kind === 'date';
  const numbers = new Float64Array(byNumber ? rows.length : 0);
  const texts: string[] = [];
  for (let i = 0; i < rows.length; i++) {
    const value = table.cell(rows[i] as number, column);
    const number = byNumber ? numberOf(value) : 0;
    if (isEmpty(value) || isNaNumber(number)) {
      empty[empty.length] = rows[i] as number;
      continue;
    }
    if (byNumber) numbers[count] = number;
    else texts[count] = textOf(value);
    full[count++] = rows[i] as number;
  }
  const positions = byNumber
    ? mergeSort(
        count,
        descending ? (a, b) => at(numbers, a) < at(numbers, b) : (a, b) => at(numbers, a) > at(numbers, b),
      )
    : mergeSort(
        count,
        descending ? (a, b) => word(texts, a) < word(texts, b) : (a, b) => word(texts, a) > word(texts, b),
      );
  const order = new Uint32Array(rows.length);
  for (let i = 0; i < count; i++) order[i] = full[positions[i] as number] as number;
  for (let i = 0; i < empty.length; i++) order[count + i] = empty[i] as number;
  return order;
}

function at(numbers: Float64Array, index: number): number {
  return numbers[index] as number;
}

function word(texts: readonly string[], index: number): string {
  return texts[index] as string;
}

/** Stable. The sort that V8 brings for typed arrays is not interrupted while it compares numbers. */
function mergeSort(count: number, isAfter: (a: number, b: number) => boolean): Uint32Array {
  let from = new Uint32Array(count);
  let to = new Uint32Array(count);
  for (let i = 0; i < count; i++) from[i] = i;
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let left = start;
      let right = middle;
      for (let i = start; i < end; i++) {
        const takeRight = left >= middle || (right < end && isAfter(from[left] as number, from[right] as number));
        to[i] = from[takeRight ? right++ : left++] as number;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
