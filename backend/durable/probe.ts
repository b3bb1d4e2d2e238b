import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Storage } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { ANSWER_MS } from './deadline.ts';
import { PROTOCOL_VERSION } from './sdk.ts';

/**
 * Asks a server or database, over a connection of its own and without changing anything, whether promises can be kept there.
 * @throws HoldfastError `unavailable`: why not, and what to do, in words for a person. Never with a secret in it.
 */
export async function probe(storage: Storage): Promise<void> {
  if (storage.kind === 'server') await probeServer(storage.url, storage.token);
  if (storage.kind === 'postgres') await probePostgres(storage.connectionString);
}

async function probeServer(url: string, token: string | null): Promise<void> {
  const head = { corrId: randomUUID(), version: PROTOCOL_VERSION, ...(token && { auth: token }) };
  const signal = AbortSignal.timeout(ANSWER_MS);
  let response: Response;
  let answer: { head?: { status?: unknown; corrId?: unknown } } | null | undefined;
  try {
    response = await fetch(url.replace(/\/+$/, ''), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({
        kind: 'promise.search',
        head,
        data: { limit: 1, tags: { 'holdfast-home': head.corrId } },
      }),
      signal,
    });
    const text = await response.text();
    answer = parsed(text);
  } catch (error) {
    throw away('The Resonate server cannot be reached', signal.aborted ? { code: 'ETIMEDOUT' } : error);
  }
  if (response.status === 401 || response.status === 403)
    throw unavailable(token ? 'The Resonate server refused the token.' : 'The Resonate server wants a token.');
  if (answer?.head?.corrId !== head.corrId)
    throw unavailable(
      `What answers there (HTTP ${response.status}) is not a Resonate server of protocol ${PROTOCOL_VERSION}.`,
    );
  if (answer.head.status !== 200)
    throw unavailable(
      `The Resonate server cannot list promises (status ${String(answer.head.status)}): use a newer one.`,
    );
}

const READY = `SELECT
  coalesce(has_schema_privilege(to_regnamespace('resonate'), 'USAGE'), false) AS schema,
  coalesce(has_function_privilege(to_regprocedure('resonate.resonate_rpc(jsonb)'), 'EXECUTE'), false) AS rpc,
  coalesce(has_function_privilege(to_regprocedure('resonate.process_timeouts()'), 'EXECUTE'), false) AS timeouts,
  coalesce(has_table_privilege(to_regclass('resonate.promises'), 'SELECT'), false) AS promises`;

async function probePostgres(connectionString: string): Promise<void> {
  const { default: pg } = await import('pg');
  let client: Client | undefined;
  try {
    client = new pg.Client({ connectionString, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS });
    // Told by the request that it breaks.
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query<Record<'schema' | 'rpc' | 'timeouts' | 'promises', boolean>>(READY);
    const { schema, rpc, timeouts, promises } = rows[0] ?? {};
    if (!schema || !rpc)
      throw unavailable(
        "The database has no schema of Resonate that this role may use: apply Resonate's resonate.sql to it as this role.",
      );
    if (!timeouts || !promises)
      throw unavailable(
        'Connect as the role that owns the schema resonate: this one may neither list promises nor end those whose time is over.',
      );
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw away('Postgres cannot be used', error);
  } finally {
    await client?.end().catch(() => {
      // Never connected, or broken: there is nothing left to end.
    });
  }
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no machine of that name',
  EAI_AGAIN: 'its name cannot be looked up now',
  ETIMEDOUT: `it did not answer within ${ANSWER_MS / 1000} s`,
  '28P01': 'it refused the user or the password',
  '28000': 'it refused the user',
  '3D000': 'there is no such database',
  '42501': 'the role may not use the schema resonate; connect as the one that owns it',
};

/** @param error of `fetch`, which hides the reason in its cause, or of `pg`. */
function away(what: string, error: unknown): HoldfastError {
  const reason = innermost(error);
  const why = WORDS[reason.code ?? ''] ?? reason.message ?? 'unknown reason';
  return unavailable(`${what}: ${why}.`);
}

function innermost(error: unknown): { code?: string; message?: string } {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown[] };
  const inner = cause ?? errors?.[0];
  return inner ? innermost(inner) : (error as { code?: string; message?: string });
}

function unavailable(message: string): HoldfastError {
  return new HoldfastError('unavailable', message);
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
