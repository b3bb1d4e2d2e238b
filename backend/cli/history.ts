import { type PastExecution, ReadHistory, RetryDurability } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { BackendClient } from '../rpc/client.ts';
import { localTime } from './local-time.ts';
import { print, printJson } from './print.ts';
import { table } from './table.ts';

/** A line at which a cell begins, or which says how it runs, and nothing of what it does. */
const BARE_MARKER = /^(#|\/\/)\s*(%%|In\[[\d ]*\]:?|<codecell>|holdfast:.*)\s*$/;

/** Prints what was run, the newest last, as a terminal shows it best. */
export async function showHistory(client: BackendClient, count: number, json: boolean): Promise<void> {
  const request = { count: Math.min(count, 200) };
  const { executions } = await client.request(ReadHistory, request).catch(async (error: unknown) => {
    if (!(error instanceof HoldfastError) || error.code !== 'unavailable') throw error;
    // What was wrong may be well by now.
    await client.request(RetryDurability, {});
    return await client.request(ReadHistory, request);
  });
  const oldestFirst = executions.toReversed();
  if (json) for (const execution of oldestFirst) printJson(execution);
  else if (oldestFirst.length === 0) print('Nothing was run yet.');
  else print(table(['ID', 'WHEN', 'SESSION', 'STATUS', 'WHERE', 'CODE', 'RESULT'], oldestFirst.map(row)));
}

function row({ executionId, queuedAt, sessionName, status, runs, source, code, summary }: PastExecution): string[] {
  const when = localTime(queuedAt);
  const where = `${source.name}:${source.line}`;
  const how = runs > 1 ? `${status}, run ${runs} times` : status;
  return [executionId.slice(0, 8), when, sessionName, how, where, shortened(code), shortened(summary ?? '')];
}

function shortened(text: string): string {
  const lines = text.trim().split('\n');
  const line = lines.find((one) => one.trim() !== '' && !BARE_MARKER.test(one)) ?? lines[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
