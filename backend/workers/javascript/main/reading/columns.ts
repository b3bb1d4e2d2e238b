import { types } from 'node:util';
import type { TableColumn } from '../../../../protocol/inspection.ts';
import { slice } from '../primordials.ts';
import { MAX_TYPE, typeName } from '../summary/facts.ts';

// Taken before user code can replace them.
const { isDate } = types;

const MAX_NAME = 500;

type Kind = TableColumn['kind'];

/** What the first rows of a column hold. What is missing fits every kind. */
export function describeColumn(name: string, rows: number, cell: (row: number) => unknown): TableColumn {
  let kind: Kind | null = null;
  let type: string | null = null;
  for (let row = 0; row < rows; row++) {
    const value = cell(row);
    if (value === null || value === undefined) continue;
    const itsKind = kindOf(value);
    const itsType = typeName(value);
    kind = kind === null || kind === itsKind ? itsKind : 'other';
    type = type === null || type === itsType ? itsType : 'mixed';
    if (kind === 'other' && type === 'mixed') break;
  }
  const shown = name.length > MAX_NAME ? `${slice(name, 0, MAX_NAME - 1)}…` : name;
  return { name: shown, kind: kind ?? 'other', type: slice(type ?? 'undefined', 0, MAX_TYPE) };
}

function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
      return 'text';
    case 'boolean':
      return 'boolean';
    default:
      return typeof value === 'object' && isDate(value) ? 'date' : 'other';
  }
}
