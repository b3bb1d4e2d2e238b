import type { Pool } from 'pg';
import { loadPostgresNetwork, type Network, type PromiseRecord, type Request } from './sdk.ts';
import type { SdkLog } from './sdk-log.ts';

type Search = Extract<Request, { kind: 'promise.search' }>;

/** A promise that is over by its time counts as ended before anybody has written so. */
const SEARCH = `
  SELECT * FROM (
    SELECT id, param_headers, param_data, value_headers, value_data, tags, timeout_at, created_at, settled_at,
      CASE WHEN state = 'pending' AND timeout_at <= extract(epoch FROM clock_timestamp()) * 1000
        THEN 'rejected_timedout' ELSE state END AS state
    FROM resonate.promises
    WHERE tags @> $1::jsonb AND id COLLATE "C" > $2) found
  WHERE $3::text IS NULL OR state = $3
  ORDER BY id COLLATE "C" LIMIT $4`;

/**
 * The SDK's network to a Postgres database with Resonate's schema, and what that leaves out: searching, which the schema answers with 501, and
 * an idle connection that breaks, which would be an uncaught error.
 */
export async function postgresNetwork(connectionString: string, group: string, logger: SdkLog): Promise<Network> {
  const PostgresNetwork = await loadPostgresNetwork();
  const network = new PostgresNetwork({ connectionString, group, logger });
  // Private in the SDK's types and unused outside it otherwise: the version is pinned, and the conformance suite uses it.
  const pool = (await network['getPool']()) as Pool;
  pool.on('error', ({ message }) => logger.warn({ component: 'network', error: message }, 'postgres connection lost'));
  const send = network.send;
  network.send = (async (request: Request) =>
    request.kind === 'promise.search' ? await search(pool, request) : await send(request as never)) as Network['send'];
  return network;
}

interface Row {
  id: string;
  state: PromiseRecord['state'];
  param_headers: Record<string, string>;
  param_data: string | null;
  value_headers: Record<string, string>;
  value_data: string | null;
  tags: Record<string, string>;
  /** bigint, as text. */
  timeout_at: string;
  created_at: string;
  settled_at: string | null;
}

async function search(pool: Pool, { kind, head, data }: Search) {
  const { tags = {}, cursor = '', state = null, limit = 100 } = data;
  const { rows } = await pool.query<Row>(SEARCH, [JSON.stringify(tags), cursor, state, limit]);
  const promises = rows.map(toRecord);
  const last = rows.length === limit ? rows.at(-1)?.id : undefined;
  return {
    kind,
    head: { corrId: head.corrId, version: head.version, status: 200 },
    data: { promises, ...(last !== undefined && { cursor: last }) },
  };
}

function toRecord(row: Row): PromiseRecord {
  return {
    id: row.id,
    state: row.state,
    param: { headers: row.param_headers, data: row.param_data ?? '' },
    value: { headers: row.value_headers, data: row.value_data ?? '' },
    tags: row.tags,
    timeoutAt: Number(row.timeout_at),
    createdAt: Number(row.created_at),
    ...(row.settled_at !== null && { settledAt: Number(row.settled_at) }),
  };
}
