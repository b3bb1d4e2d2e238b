import { type PastExecution, ReadHistory } from '../protocol/client/index.ts';
import type { BackendClient } from '../rpc/client.ts';
import { print, printJson } from './print.ts';
import { table } from './table.ts';

/** Prints what was run, the newest last, as a terminal shows it best. */
export async function showHistory(client: BackendClient, count: number, json: boolean): Promise<void> {
  const { executions } = await client.request(ReadHistory, { count: Math.min(count, 200) });
  const oldestFirst = executions.toReversed();
  if (json) for (const execution of oldestFirst) printJson(execution);
  else if (oldestFirst.length === 0) print('Nothing was run yet.');
  else print(table(['ID', 'WHEN', 'SESSION', 'STATUS', 'WHERE', 'CODE', 'RESULT'], oldestFirst.map(row)));
}

function row({ executionId, queuedAt, sessionName, status, runs, source, code, summary }: PastExecution): string[] {
  const when = new Date(queuedAt).toISOString().slice(0, 19).replace('T', ' ');
  const where = `${source.name}:${source.line}`;
  const how = runs > 1 ? `${status}, run ${runs} times` : status;
  return [executionId.slice(0, 8), when, sessionName, how, where, shortened(code), shortened(summary ?? '')];
}

function shortened(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
