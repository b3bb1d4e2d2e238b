import { InspectNamespaceValue, ReadNamespaceValue } from '../../../backend/protocol/client/index.ts';
import { type Reading, TableRows } from '../../../backend/protocol/inspection.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { withLibraries } from '../../helpers/python-libraries.ts';
import { type Group, pause, withBackend } from '../context.ts';
import { BenchSession } from '../session.ts';
import { time } from '../stats.ts';
import { type Measured, tableOf } from '../table.ts';

/** Milliseconds until the first rows show, and by which a look may delay the next cell. */
const FIRST_ROWS_MS = 200;
const DELAY_MS = 50;
const ROWS = 100;
const PATIENCE_MS = 60_000;

type Table = Extract<Reading, { kind: 'table' }>;
const PAGE: Table = { kind: 'table', start: 0, count: ROWS, firstColumn: 0, columns: 20, sort: null, filters: [] };
const sorted = (column: number): Table => ({ ...PAGE, sort: { column, descending: false } });

/** A large value named `x`, and a cell after which nobody has looked at it. */
interface Large {
  readonly name: string;
  readonly define: string;
  readonly anew: string;
  /** Null: what is below it is looked at; it is no table. */
  readonly pages: Readonly<Record<string, Table | null>>;
}

const LISTS: readonly Large[] = [
  {
    name: 'list of 1e7 numbers',
    define: 'x = list(range(10_000_000)); None',
    anew: 'x = x[:]; None',
    pages: { 'first page': PAGE },
  },
];
const FRAMES: readonly Large[] = [
  {
    name: '1e6 × 20 DataFrame',
    define: [
      'import numpy as np, pandas as pd',
      'x = pd.DataFrame(np.random.default_rng(1).random((1_000_000, 20)))',
      'x["text"] = np.random.default_rng(2).integers(0, 1000, 1_000_000).astype(str)',
      'None',
    ].join('\n'),
    anew: 'x = x.copy(); None',
    pages: { 'first page': PAGE, 'page sorted by numbers': sorted(3), 'page sorted by text': sorted(20) },
  },
];
const JAVASCRIPT: readonly Large[] = [
  {
    name: 'array of 1e7 numbers',
    define: 'x = Array.from({ length: 1e7 }, (_, n) => n); null',
    anew: 'x = x.slice(); null',
    pages: { 'first page': PAGE },
  },
  {
    name: 'object of 1e5 keys',
    define: 'x = Object.fromEntries(Array.from({ length: 1e5 }, (_, n) => ["k" + n, n])); null',
    anew: 'x = { ...x }; null',
    pages: { 'first look': null },
  },
];

/** What the data grid and the Namespace view ask of large values, and a cell that is run at the same time. */
export const tables: Group = {
  name: 'tables',
  run: ({ interpreter, quick }) =>
    withBackend(async (client) => {
      const runs = quick ? 3 : 20;
      const rows: Measured[] = [];
      const measure = async (label: string, session: BenchSession, values: readonly Large[]) => {
        for (const value of values)
          rows.push(...(await rowsOf(`${label}: ${value.name}`, client, session, value, runs)));
        await session.kill();
      };
      await measure('Python', await BenchSession.open(client, 'python', interpreter), LISTS);
      const libraries = await withLibraries();
      if (typeof libraries === 'string') process.stderr.write(`Without pandas: ${libraries}\n`);
      else await measure('Python', await BenchSession.open(client, 'python', libraries.path), FRAMES);
      await measure('JavaScript', await BenchSession.open(client, 'javascript', process.execPath), JAVASCRIPT);
      return [tableOf('Tables: large values', 'ms', null, rows)];
    }),
};

async function rowsOf(
  label: string,
  client: BackendClient,
  session: BenchSession,
  { define, anew, pages }: Large,
  runs: number,
): Promise<Measured[]> {
  await session.succeed(define);
  const rows: Measured[] = [];
  for (const [what, page] of Object.entries(pages)) {
    const look = () => lookAt(client, session, page);
    const first: number[] = [];
    const delays: number[] = [];
    await look();
    for (let run = 0; run < runs; run++) {
      await session.succeed(anew);
      const milliseconds = await time(look);
      first.push(milliseconds);
      await session.succeed(anew);
      delays.push(await delay(session, look, milliseconds / 3));
    }
    const isFirst = what.startsWith('first');
    rows.push({
      name: `${label}, ${what}`,
      values: first,
      ...(isFirst ? { targets: [{ measure: 'p50', atMost: FIRST_ROWS_MS }] } : {}),
    });
    rows.push({
      name: `${label}, ${what}: 1+1 that comes meanwhile`,
      values: delays,
      targets: [{ measure: 'p50', atMost: DELAY_MS }],
    });
  }
  return rows;
}

/** Milliseconds that a cell takes which is sent when a look has gone on for `after` milliseconds. */
async function delay(session: BenchSession, look: () => Promise<void>, after: number): Promise<number> {
  const looking = look();
  await pause(after);
  const milliseconds = await time(() => session.succeed('1+1'));
  await looking;
  return milliseconds;
}

/** What gives way to a cell is answered as busy: the grid asks again then. */
async function lookAt(client: BackendClient, session: BenchSession, page: Table | null): Promise<void> {
  const target = { expression: 'x', path: [] };
  const options = { deadline: PATIENCE_MS };
  if (!page) {
    const asked = { sessionId: session.id, target, start: 0, count: ROWS };
    const { children } = await client.request(InspectNamespaceValue, asked, options);
    if (children.length !== ROWS) throw new Error(`${children.length} children.`);
    return;
  }
  const asked = { sessionId: session.id, target, reading: page };
  const { result, payload } = await client.requestBytes(ReadNamespaceValue, asked, options);
  if (result.status === 'busy') return;
  if (result.status !== 'table') throw new Error(`The page came as ${JSON.stringify(result)}.`);
  const count = TableRows.parse(JSON.parse(new TextDecoder().decode(payload))).length;
  if (count !== ROWS) throw new Error(`${count} rows.`);
}
