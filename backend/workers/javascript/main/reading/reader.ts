import type { Reading } from '../../../../protocol/inspection.ts';
import type { ErrandResult } from '../../shared/errands.ts';
import { encode } from './encode.ts';
import { csvOf, type Exported, exportCsv, exportJson, exportText } from './export.ts';
import { NotReadable } from './not-readable.ts';
import { matchingOrder } from './order.ts';
import { pageText } from './page.ts';
import { type Table, tableOf } from './table.ts';

export { NotReadable };

type Read = Omit<Extract<ErrandResult, { kind: 'read' }>, 'kind'>;
type TableReading = Extract<Reading, { kind: 'table' }>;

/** As `MAX_TABLE_CELLS` of the protocol. */
const MAX_CELLS = 100_000;

/** The rows of a table that were asked for last, in their order: people scroll. */
interface Order {
  readonly value: WeakRef<object>;
  readonly question: string;
  readonly rows: number;
  readonly order: Uint32Array;
}

/** Reads values for the data grid and for files. Getters and `toJSON` of the user's may be called, and may throw. */
export class Reader {
  #last: Order | null = null;

  forget(): void {
    this.#last = null;
  }

  /** @throws NotReadable, and whatever user code throws. */
  read(value: unknown, reading: Reading): Read {
    if (reading.kind === 'table') return this.#table(value, reading);
    const text = reading.kind === 'csv' ? this.#csv(value, reading) : EXPORTS[reading.format](value);
    const { bytes, truncated } = encode(text.text);
    return { outcome: { status: 'exported', truncated: truncated || text.truncated }, payload: bytes };
  }

  #table(value: unknown, reading: TableReading): Read {
    const whole = reading.sort !== null || reading.filters.length > 0;
    const table = tableOf(value, whole ? null : reading.start + reading.count);
    if (!table) throw new NotReadable(NO_TABLE);
    const order = whole ? this.#order(value as object, table, reading) : null;
    const { start, firstColumn } = reading;
    const matching = order ? order.length : table.rows;
    const columns = within(reading.columns, table.columns.length - firstColumn);
    const fitting = columns === 0 ? reading.count : (MAX_CELLS / columns) | 0;
    const rows = within(reading.count < fitting ? reading.count : fitting, matching - start);
    const shown = table.describe(firstColumn, columns);
    const payload = encode(pageText(table, { order, start, rows, firstColumn, columns })).bytes;
    const totals = { totalColumns: table.columns.length, totalRows: table.rows, matchingRows: matching };
    return { outcome: { status: 'table', columns: shown, ...totals }, payload };
  }

  #csv(value: unknown, reading: Pick<TableReading, 'sort' | 'filters'>): Exported {
    const table = tableOf(value, null);
    if (!table) throw new NotReadable(NO_TABLE);
    return csvOf(table, this.#order(value as object, table, reading));
  }

  #order(value: object, table: Table, { sort, filters }: Pick<TableReading, 'sort' | 'filters'>): Uint32Array {
    const question = JSON.stringify([sort, filters]);
    const last = this.#last;
    if (last?.question === question && last.rows === table.rows && last.value.deref() === value) return last.order;
    const order = matchingOrder(table, sort, filters);
    this.#last = { value: new WeakRef(value), question, rows: table.rows, order };
    return order;
  }
}

const EXPORTS = { text: exportText, json: exportJson, csv: exportCsv };
const NO_TABLE =
  'The value has no rows and columns. Lists, typed arrays, maps, sets and objects of lists can be shown as a table.';

function within(count: number, available: number): number {
  return available < 0 ? 0 : count < available ? count : available;
}
