import { type Context, type Group, withBackend } from '../context.ts';
import { drain, Echo } from '../processes.ts';
import { BenchSession } from '../session.ts';
import { interleave, time } from '../stats.ts';
import { type Table, type Target, tableOf } from '../table.ts';

const IPYKERNEL = 'ipykernel';
/** Twice the throughput is half the time. */
const TARGETS: readonly Target[] = [{ measure: 'p50', against: { row: IPYKERNEL, measure: 'p50' }, atMost: 0.5 }];

interface Load {
  readonly title: string;
  readonly python: string;
  readonly javascript: string;
  /** What comes, at least, in bytes. */
  readonly bytes: number;
  readonly rounds: number;
}

const lines = (count: number, title: string, rounds: number): Load => ({
  title,
  python: `for n in range(${count}): print(n)`,
  javascript: `for (let n = 0; n < ${count}; n++) console.log(n)`,
  bytes: count * 5,
  rounds,
});

const LOADS: readonly Load[] = [
  lines(100_000, 'Output: 100,000 lines', 7),
  lines(1_000_000, 'Output: 1,000,000 lines', 3),
  {
    title: 'Output: 200 MB in writes of 1 MB',
    python: 'import sys\nfor _ in range(200): _ = sys.stdout.write("x" * 1_000_000)',
    javascript: 'for (let n = 0; n < 200; n++) process.stdout.write("x".repeat(1_000_000))',
    bytes: 200_000_000,
    rounds: 3,
  },
];

/** What a program prints, from the request until its terminal event, every byte read by the client. */
export const output: Group = {
  name: 'output',
  async run(context) {
    const tables: Table[] = [];
    for (const load of LOADS) tables.push(await measure(load, context));
    return tables;
  },
};

function measure(load: Load, { ipykernel, interpreter, quick }: Context): Promise<Table> {
  return withBackend(async (client) => {
    const python = await BenchSession.open(client, 'python', interpreter);
    const javascript = await BenchSession.open(client, 'javascript', process.execPath);
    const repl = new Echo(process.execPath, ['-i']);
    const all = async (bytes: Promise<number>) => {
      if ((await bytes) < load.bytes) throw new Error(`${load.title}: bytes are missing.`);
    };
    const measured = await interleave(quick ? 1 : load.rounds, {
      'Python session': () => time(() => all(python.succeed(load.python))),
      'JavaScript session': () => time(() => all(javascript.succeed(load.javascript))),
      'python3 -c': () => time(() => all(drain(interpreter, ['-c', load.python]))),
      'node -e': () => time(() => all(drain(process.execPath, ['-e', load.javascript]))),
      'node -i': () => time(() => repl.ask(`${load.javascript}; "the" + " end"`, 'the end')),
      ...(ipykernel ? { [IPYKERNEL]: () => ipykernel.run(load.python) } : {}),
    });
    await repl.close();
    const rows = Object.entries(measured).map(([name, values]) => ({
      name,
      values,
      targets: name === 'Python session' ? TARGETS : [],
    }));
    return tableOf(load.title, 'ms', IPYKERNEL, rows);
  });
}
