import type { ReadRows } from '../grid-protocol.ts';

type Filter = ReadRows['filters'][number];

/** What a person writes into a filter: `>5`, `<2024-01-01`, `=x`, `empty:`, `!empty:`, else a part of the text. Null for no filter. */
export function parseFilter(column: number, written: string): Filter | null {
  const text = written.trim();
  if (text === '') return null;
  if (text === '!empty:') return { column, operator: 'not_empty', text: '' };
  if (text === 'empty:') return { column, operator: 'empty', text: '' };
  const operator = ({ '>': 'greater', '<': 'less', '=': 'equals' } as const)[text[0] ?? ''];
  if (operator === undefined) return { column, operator: 'contains', text: text.slice(0, 1000) };
  const operand = text.slice(1).trim();
  return operand === '' ? null : { column, operator, text: operand.slice(0, 1000) };
}
