import type { Outcome } from '../../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { type CancelCase, cancelCases, INSIDE } from '../../helpers/cancel-cases.ts';
import { type Group, pause, withBackend } from '../context.ts';
import { BenchSession } from '../session.ts';
import { type Measured, type Table, tableOf } from '../table.ts';

/** Cases that get a row of their own, and are tried with ipykernel, too. */
const SHOWN = [
  'while True',
  'time.sleep',
  'await asyncio.sleep',
  'bare except around sleep',
  'CancelledError swallowed',
  'subprocess.run',
  'sum of a huge range',
  'while (true)',
  'a catastrophic regexp',
  'execSync',
  'pbkdf2Sync',
];
/** Between what a case prints and its cancel: what it does next is what is to be cancelled. */
const SETTLE_MS = 100;
/** A flood runs so long before it is cancelled that all that can wait is full. Milliseconds. */
const FLOOD_MS = 1_000;
const FLOODS = {
  'Python, print': ['python', `print("${INSIDE}")\nwhile True: print("x" * 100)`],
  'Python, both streams': [
    'python',
    `import sys\nprint("${INSIDE}")\nwhile True:\n  print("o" * 100)\n  print("e" * 100, file=sys.stderr)`,
  ],
  'JavaScript, console.log': ['javascript', `console.log("${INSIDE}"); for (;;) console.log("x".repeat(100))`],
  'JavaScript, both streams': [
    'javascript',
    `console.log("${INSIDE}"); for (;;) { console.log("o".repeat(100)); console.error("e".repeat(100)) }`,
  ],
} as const;

interface Cancelled {
  /** From the request until the terminal event, in the client. */
  readonly milliseconds: number;
  readonly outcome: Outcome;
}

/** From the request to cancel until the terminal event, in the client. */
export const cancel: Group = {
  name: 'cancel',
  run: ({ ipykernel, interpreter, quick }) =>
    withBackend(async (client) => {
      const sessions = {
        python: await BenchSession.open(client, 'python', interpreter),
        javascript: await BenchSession.open(client, 'javascript', process.execPath),
      };
      const cases = cancelCases.filter(({ posix }) => !posix || process.platform !== 'win32');
      const shown = new Map<string, number[]>();
      const theirs = new Map<string, number[]>();
      const stuck = new Set<string>();
      const gentle: number[] = [];
      const killed: number[] = [];
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        for (const one of cases) {
          const { milliseconds, outcome } = await cancelCase(client, sessions[one.language], one, interpreter);
          if (outcome.status !== 'cancelled') throw new Error(`${one.name} ended as ${JSON.stringify(outcome)}`);
          (outcome.rung === 'kill' ? killed : gentle).push(milliseconds);
          if (!SHOWN.includes(one.name)) continue;
          const label = `${one.language === 'python' ? 'Python' : 'JavaScript'}: ${one.name}`;
          push(shown, label, milliseconds);
          if (!ipykernel || one.language !== 'python') continue;
          const took = await ipykernel.cancel(one.code);
          if (took === undefined) stuck.add(`ipykernel: ${one.name}`);
          push(theirs, `ipykernel: ${one.name}`, took ?? Number.NaN);
        }
      }
      return [
        tableOf('Cancel: some cases', 'ms', null, [
          ...[...shown].map(([name, values]) => ({ name, values })),
          ...[...theirs].map(([name, values]) => ({
            name,
            values: values.filter((value) => !Number.isNaN(value)),
            ...(stuck.has(name) ? { note: 'still running after three interrupts' } : {}),
          })),
        ]),
        tableOf(`Cancel: all ${cases.length} cases of both languages, each of which ends`, 'ms', null, [
          { name: 'without a kill', values: gentle, targets: [{ measure: 'p99', atMost: 600 }] },
          { name: 'by a kill', values: killed, targets: [{ measure: 'max', atMost: 2000 }] },
        ]),
        await floods(sessions, quick ? 1 : 5),
      ];
    }),
};

async function floods(
  sessions: Readonly<Record<'python' | 'javascript', BenchSession>>,
  rounds: number,
): Promise<Table> {
  const rows: Measured[] = [];
  const cases = Object.entries(FLOODS).flatMap(([name, [language, code]]) => [
    { name, session: sessions[language], code, delivery: 'lossless' as const },
    { name: `${name}; a window looks on`, session: sessions[language], code, delivery: 'lossy' as const },
  ]);
  for (const { name, session, code, delivery } of cases) {
    const values: number[] = [];
    await session.setDelivery(delivery);
    for (let round = 0; round < rounds; round++) {
      const { executionId, ended } = await session.start(code);
      await session.printed(executionId, INSIDE);
      await pause(FLOOD_MS);
      const start = performance.now();
      await session.cancel(executionId);
      await ended;
      values.push(performance.now() - start);
    }
    rows.push({ name, values, targets: [{ measure: 'p50', atMost: 100 }] });
  }
  return tableOf(`Cancel: a flood, ${FLOOD_MS / 1000} s after its first line`, 'ms', null, rows);
}

async function cancelCase(
  client: BackendClient,
  shared: BenchSession,
  one: CancelCase,
  interpreter: string,
): Promise<Cancelled> {
  const starting = one.when === 'starting';
  const program = one.language === 'python' ? interpreter : process.execPath;
  const session = starting ? await BenchSession.open(client, one.language, program) : shared;
  const before =
    one.when === 'queued'
      ? await session.start(one.language === 'python' ? 'while True: pass' : 'for (;;);')
      : undefined;
  const { executionId, ended } = await session.start(one.code, one.dialect);
  if (one.when === 'running') {
    await session.printed(executionId, INSIDE);
    await pause(SETTLE_MS);
  }
  if (one.when === 'prompt') await session.prompted(executionId);
  const start = performance.now();
  await session.cancel(executionId);
  const { outcome } = await ended;
  const milliseconds = performance.now() - start;
  if (before) {
    await session.cancel(before.executionId);
    await before.ended;
  }
  if (starting) await session.kill();
  // A new worker after a kill is up before the next case.
  else await session.run('1');
  return { milliseconds, outcome };
}

function push(map: Map<string, number[]>, name: string, value: number): void {
  map.set(name, [...(map.get(name) ?? []), value]);
}
