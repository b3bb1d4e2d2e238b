import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Configure, DEFAULT_SETTINGS, ListSessions, type Outcome } from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { timesUpTo } from '../helpers/patient-ladder.ts';
import { randomFrom } from '../helpers/random.ts';

const CELLS = 1_500;
/** Cells of one session that run or wait at a time. */
const WINDOW = 8;
const CANCELLED_SHARE = 0.4;
/** The longest a cell takes by itself, about. */
const LONGEST_MS = 12;

/** `n` stands for the cell's number. Each cell notes it as the last thing it does. */
const CELL_KINDS: Readonly<Record<LanguageId, readonly string[]>> = {
  python: [
    'done.append(n)',
    'import time; time.sleep(0.01)\ndone.append(n)',
    'for _ in range(200_000): pass\ndone.append(n)',
    'import asyncio; await asyncio.sleep(0.01)\ndone.append(n)',
    'for line in range(50): print(line)\ndone.append(n)',
    'display(n)\ndone.append(n)',
    'done.append(n)\nraise ValueError(n)',
  ],
  javascript: [
    'done.push(n)',
    'await new Promise((resolve) => setTimeout(resolve, 10)); done.push(n)',
    'for (let turn = 0; turn < 1e7; turn++); done.push(n)',
    'await (async () => { for (let turn = 0; turn < 1e5; turn++) await null })(); done.push(n)',
    'for (let line = 0; line < 50; line++) console.log(line); done.push(n)',
    'display(n); done.push(n)',
    'done.push(n); throw new Error(n)',
  ],
};
/** Cells that only a cancel ends. */
const ENDLESS_SHARE = 0.1;
const ENDLESS_KINDS: Readonly<Record<LanguageId, readonly string[]>> = {
  python: [
    'while True: pass',
    'import time; time.sleep(60)',
    'import asyncio; await asyncio.sleep(60)',
    'while True: print("flood")',
  ],
  javascript: ['for (;;);', 'await new Promise(() => {})', 'for (;;) console.log("flood")', 'for (;;) await null'],
};
const BEGIN: Readonly<Record<LanguageId, string>> = { python: 'done = []', javascript: 'const done = []' };
const TELL: Readonly<Record<LanguageId, string>> = {
  python: 'print(done)',
  javascript: 'console.log(JSON.stringify(done))',
};

interface Cell {
  readonly executionId: string;
  readonly cancelled: boolean;
  readonly fails: boolean;
  readonly ended: Promise<Outcome>;
}

describe('soak', () => {
  const seed = Number(process.env['HOLDFAST_SOAK_SEED'] ?? Date.now() % 1e9);
  let workspace: TestWorkspace;
  let client: BackendClient;

  before(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
    await client.request(Configure, { ...DEFAULT_SETTINGS, cancel: timesUpTo(['force']) });
    console.log(`    HOLDFAST_SOAK_SEED=${seed}`);
  });
  after(() => workspace.remove());

  it(`3 sessions answer each of ${CELLS} cells once and in order, whenever they are cancelled`, async function () {
    this.timeout(120_000);
    const languages = ['python', 'javascript', 'python'] as const;
    const sessions = await Promise.all(languages.map((language) => TestSession.open(client, language)));
    await Promise.all(sessions.map((session, index) => session.run(BEGIN[languages[index] ?? 'python'])));
    const before = await pids(client);
    await Promise.all(languages.map((language, index) => soak(sessions[index], language, randomFrom(seed + index))));
    assert.deepEqual(await pids(client), before, 'no worker was lost');
  });
});

async function pids(client: BackendClient): Promise<(number | null)[]> {
  return (await client.request(ListSessions, {})).sessions.map(({ pid }) => pid);
}

async function soak(session: TestSession | undefined, language: LanguageId, random: () => number): Promise<void> {
  assert.ok(session);
  const cells: Cell[] = [];
  const cancels: Promise<void>[] = [];
  for (let n = 0; n < CELLS; n++) {
    const endless = random() < ENDLESS_SHARE;
    const kinds = (endless ? ENDLESS_KINDS : CELL_KINDS)[language];
    const kind = kinds[Math.floor(random() * kinds.length)] ?? '';
    const { executionId, ended } = await session.start(kind.replace(/\bn\b/g, String(n)));
    const cancelled = endless || random() < CANCELLED_SHARE;
    if (cancelled) cancels.push(cancelSometime(session, executionId, random()));
    cells.push({ executionId, cancelled, fails: /raise|throw/.test(kind), ended });
    await cells.at(-WINDOW)?.ended;
  }
  const outcomes = await Promise.all(cells.map(({ ended }) => ended));
  await Promise.all(cancels);

  for (const [n, { cancelled, fails }] of cells.entries()) {
    const outcome = outcomes[n];
    const own = fails ? 'failed' : 'succeeded';
    const allowed: (string | undefined)[] = cancelled ? [own, 'cancelled'] : [own];
    assert.ok(allowed.includes(outcome?.status), `cell ${n}: ${JSON.stringify(outcome)}`);
    if (outcome?.status === 'cancelled') assert.notEqual(outcome.rung, 'kill', `cell ${n}`);
  }
  assertEvents(session, cells);

  const { stdout } = await session.run(TELL[language]);
  const done: number[] = JSON.parse(stdout);
  const ran = (status: string | undefined) => status === 'succeeded' || status === 'failed';
  assert.deepEqual(
    done.filter((n) => ran(outcomes[n]?.status)),
    cells.flatMap((_, n) => (ran(outcomes[n]?.status) ? [n] : [])),
    'what succeeded is in the namespace, once and in order',
  );
}

/** @param moment from 0 to 1: below a quarter while it waits, most others while it runs or when it has just ended. */
async function cancelSometime(session: TestSession, executionId: string, moment: number): Promise<void> {
  if (moment > 0.25) {
    await session.until(() => started(session, executionId) || session.outcome(executionId) !== undefined || undefined);
  }
  // Not a wait for something: the moment is what is tried.
  if (moment > 0.5) await delay((moment - 0.5) * 2 * LONGEST_MS);
  await session.cancel(executionId);
}

function started(session: TestSession, executionId: string): boolean {
  // The newest events hold it: looking through all of them each time would take longer than the cells.
  return session.events.slice(-20).some(({ event }) => event.kind === 'started' && event.executionId === executionId);
}

/** One terminal event for each, and both starts and ends of what ran in the order of the queue. */
function assertEvents(session: TestSession, cells: readonly Cell[]): void {
  const numbers = new Map(cells.map(({ executionId }, n) => [executionId, n]));
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { event } of session.events) {
    if (event.kind !== 'started' && event.kind !== 'finished') continue;
    const n = numbers.get(event.executionId);
    if (n !== undefined) (event.kind === 'started' ? starts : ends).push(n);
  }
  const ascending = (list: readonly number[]) => [...list].sort((one, other) => one - other);
  assert.deepEqual(ascending(ends), [...cells.keys()], 'one terminal event each');
  assert.deepEqual(starts, ascending(starts), 'begun in order');
  const ran = new Set(starts);
  const endsOfRun = ends.filter((n) => ran.has(n));
  assert.deepEqual(endsOfRun, ascending(endsOfRun), 'ended in order');
}
