import { ReadNamespaceValue } from '../../backend/protocol/client/index.ts';
import { type Reading, type ReadOutcome, TableRows, type Target } from '../../backend/protocol/inspection.ts';
import type { Sessions } from './sessions.ts';

/** A value of a session's namespace. */
export interface SessionTarget {
  readonly sessionId: string;
  readonly target: Target;
}

export type TablePage = Extract<ReadOutcome, { status: 'table' }> & { readonly rows: TableRows };
export type Refused = Extract<ReadOutcome, { status: 'busy' | 'failed' }>;

/** A page of a table of a session that runs nothing. @throws HoldfastError */
export async function readTable(
  sessions: Sessions,
  { sessionId, target }: SessionTarget,
  reading: Extract<Reading, { kind: 'table' }>,
): Promise<TablePage | Refused> {
  const client = await sessions.client();
  const { result, payload } = await client.requestBytes(ReadNamespaceValue, { sessionId, target, reading });
  switch (result.status) {
    case 'table':
      return { ...result, rows: TableRows.parse(JSON.parse(new TextDecoder().decode(payload))) };
    case 'exported':
      return { status: 'failed', message: 'The session answered with text instead of rows.' };
    default:
      return result;
  }
}

/** The whole value as CSV. @throws HoldfastError */
export async function exportCsv(
  sessions: Sessions,
  { sessionId, target }: SessionTarget,
): Promise<{ readonly status: 'exported'; readonly data: Uint8Array; readonly truncated: boolean } | Refused> {
  const client = await sessions.client();
  const reading = { kind: 'export', format: 'csv' } as const;
  const { result, payload } = await client.requestBytes(ReadNamespaceValue, { sessionId, target, reading });
  switch (result.status) {
    case 'exported':
      return { ...result, data: payload };
    case 'table':
      return { status: 'failed', message: 'The session answered with rows instead of text.' };
    default:
      return result;
  }
}
