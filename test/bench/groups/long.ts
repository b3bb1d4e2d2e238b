import { StatusMethod } from '../../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { type Context, type Group, withBackend } from '../context.ts';
import { MEBIBYTE, residentMemory } from '../processes.ts';
import { BenchSession } from '../session.ts';
import { slope, time } from '../stats.ts';
import { type Measured, type Table, type Target, tableOf } from '../table.ts';

/** How often the memory is looked at. */
const LOOKS = 100;
const CODE = {
  python: 'n = globals().get("n", 0) + 1; print(n); n',
  javascript: 'var n = (globalThis.n ?? 0) + 1; console.log(n); n',
};

/** Many cells in one session: neither latency nor memory should grow. */
export const long: Group = {
  name: 'long',
  async run(context) {
    return [
      ...(await withBackend((client) => measure(client, 'python', context))),
      ...(await withBackend((client) => measure(client, 'javascript', context))),
    ];
  },
};

async function measure(
  client: BackendClient,
  language: 'python' | 'javascript',
  { interpreter, quick }: Context,
): Promise<Table[]> {
  const label = language === 'python' ? 'Python' : 'JavaScript';
  const program = language === 'python' ? interpreter : process.execPath;
  const session = await BenchSession.open(client, language, program);
  await session.succeed(CODE[language]);
  const pid = await session.pid();
  const count = quick ? 1_000 : 10_000;
  const step = count / LOOKS;
  const latency: number[] = [];
  const worker: number[] = [];
  const backend: number[] = [];
  for (let cell = 0; cell < count; cell++) {
    latency.push(await time(() => session.succeed(CODE[language])));
    if (cell % step !== step - 1) continue;
    worker.push(await residentMemory(pid));
    backend.push((await client.request(StatusMethod, {})).memory / MEBIBYTE);
  }
  const of = (
    what: readonly number[],
    name: string,
    unit: string,
    perThousand: number,
    targets: readonly Target[],
  ): Measured[] => {
    const tenth = what.length / 10;
    const growth = slope(what) * perThousand;
    return [
      { name: `${name}, first tenth`, values: what.slice(0, tenth) },
      {
        name: `${name}, last tenth`,
        values: what.slice(-tenth),
        note: `grows by ${growth.toFixed(3)} ${unit} per 1,000 cells`,
        targets,
      },
    ];
  };
  // Node's heap and what is kept of events fill up at first: flat is what comes after that.
  const settled = backend.slice(LOOKS / 10);
  const backendName = `backend from cell ${count / 10} on`;
  const flat: Target = {
    measure: 'p50',
    against: { row: `${backendName}, first tenth`, measure: 'p50' },
    atLeast: 0.9,
    atMost: 1.1,
  };
  return [
    tableOf(`Long: ${count} cells in one ${label} session, latency`, 'ms', null, of(latency, 'a cell', 'ms', 1000, [])),
    tableOf(`Long: ${count} cells in one ${label} session, memory`, 'MiB', null, [
      ...of(worker, 'worker', 'MiB', 1000 / step, []),
      ...of(settled, backendName, 'MiB', 1000 / step, [flat]),
    ]),
  ];
}
