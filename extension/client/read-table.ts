import type { Reading, ReadOutcome, TableRows, Target } from '../../backend/protocol/inspection.ts';
import type { Values } from './values.ts';

/** A value of a session's namespace. */
export interface SessionTarget {
  readonly sessionId: string;
  readonly target: Target;
}

export type TablePage = Extract<ReadOutcome, { status: 'table' }> & { readonly rows: TableRows };
export type Refused = Extract<ReadOutcome, { status: 'busy' | 'failed' }>;

/** A page of a table of a session that runs nothing. @throws HoldfastError */
export async function readTable(
  values: Values,
  { sessionId, target }: SessionTarget,
  reading: Extract<Reading, { kind: 'table' }>,
): Promise<TablePage | Refused> {
  const { outcome, payload } = await values.read(sessionId, target, reading);
  switch (outcome.status) {
    case 'table': {
      const schemas = await import('../../backend/protocol/inspection.ts');
      return { ...outcome, rows: schemas.TableRows.parse(JSON.parse(new TextDecoder().decode(payload))) };
    }
    case 'exported':
      return { status: 'failed', message: 'The session answered with text instead of rows.' };
    default:
      return outcome;
  }
}

/** The rows that the filters let through, all columns of them, as CSV. @throws HoldfastError */
export async function exportCsv(
  values: Values,
  { sessionId, target }: SessionTarget,
  order: Omit<Extract<Reading, { kind: 'csv' }>, 'kind'>,
): Promise<{ readonly status: 'exported'; readonly data: Uint8Array; readonly truncated: boolean } | Refused> {
  const { outcome, payload } = await values.read(sessionId, target, { kind: 'csv', ...order });
  switch (outcome.status) {
    case 'exported':
      return { ...outcome, data: payload };
    case 'table':
      return { status: 'failed', message: 'The session answered with rows instead of text.' };
    default:
      return outcome;
  }
}
