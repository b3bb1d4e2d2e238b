import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Security } from '../../../backend/protocol/security.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { type Group, withBackend } from '../context.ts';
import { BenchSession } from '../session.ts';
import { type Measured, tableOf } from '../table.ts';

/** Nothing is asked of the host. */
const FREE: Security = { level: 'trusted', allow: [], deny: [] };
/** Reading elsewhere is asked of the host, which allows it without a person. */
const GRANTED: Security = { level: 'standard', allow: ['read'], deny: [] };
/** A person is asked. */
const ASKING: Security = { level: 'standard', allow: [], deny: [] };

const LABELS = { python: 'Python', javascript: 'JavaScript' } as const;
/** Milliseconds. */
const GRANTED_AT_MOST = { python: 0.1, javascript: 0.2 } as const;
/** Noise, for code that touches nothing gated. */
const ORDINARY_AT_MOST = 1.05;

/** Opens each file once; the value is the list of what each took, in milliseconds. */
const OPENING = {
  python: (folder: string, count: number, again: boolean) => `import json, time
def measure():
    times = []
    for i in range(${count}):
        started = time.perf_counter()
        open(${JSON.stringify(folder)} + "/" + str(${again ? 0 : 'i'})).close()
        times.append((time.perf_counter() - started) * 1000)
    return times
json.dumps(measure())`,
  javascript: (folder: string, count: number, again: boolean) => `(() => {
  const fs = require('fs'), times = [];
  for (let i = 0; i < ${count}; i++) {
    const started = performance.now();
    fs.closeSync(fs.openSync(${JSON.stringify(folder)} + '/' + ${again ? 0 : 'i'}));
    times.push(performance.now() - started);
  }
  return JSON.stringify(times);
})()`,
} as const;

const ORDINARY = {
  python: `import json, time
def work():
    started = time.perf_counter()
    for _ in range(20):
        json.loads(json.dumps([{"n": i, "text": str(i)} for i in range(2000)]))
    sorted(range(100000), key=lambda n: -n)
    return (time.perf_counter() - started) * 1000
str(work())`,
  javascript: `(() => {
  const started = performance.now();
  for (let round = 0; round < 20; round++) JSON.parse(JSON.stringify(Array.from({ length: 5000 }, (_, n) => ({ n, text: String(n) }))));
  Array.from({ length: 200000 }, (_, n) => -n).sort((a, b) => a - b);
  return String(performance.now() - started);
})()`,
} as const;

/** A call of each function, which is allowed without a person. `i` is the number of the call. */
const CALLS = {
  python: {
    env: 'env("PATH")',
    read_file: 'read_file(file)',
    write_file: 'write_file(file, "text")',
    list_files: 'list_files(folder)',
    'store.get': 'store.get("key")',
    'store.set': 'store.set("key", i)',
    notify: 'notify("message")',
    display: 'display(i)',
    'progress, a bar of one step': 'list(progress([i]))',
    shell: 'shell(["true"])',
  },
  javascript: {
    env: 'await env("PATH")',
    readFile: 'await readFile(file)',
    writeFile: 'await writeFile(file, "text")',
    listFiles: 'await listFiles(folder)',
    'store.get': 'await store.get("key")',
    'store.set': 'await store.set("key", i)',
    notify: 'await notify("message")',
    display: 'display(i)',
    'progress, a bar of one step': '[...progress([i])]',
    shell: 'await shell(["true"])',
  },
} as const;

/** The value is the list of what each call took, in milliseconds. */
const CALLING = {
  python: (call: string, folder: string, count: number) => `import json, time
def measure(folder, file):
    times = []
    for i in range(${count}):
        started = time.perf_counter()
        ${call}
        times.append((time.perf_counter() - started) * 1000)
    return times
json.dumps(measure(${JSON.stringify(folder)}, ${JSON.stringify(path.join(folder, 'file'))}))`,
  javascript: (call: string, folder: string, count: number) => `await (async (folder, file) => {
  const times = [];
  for (let i = 0; i < ${count}; i++) {
    const started = performance.now();
    ${call};
    times.push(performance.now() - started);
  }
  return JSON.stringify(times);
})(${JSON.stringify(folder)}, ${JSON.stringify(path.join(folder, 'file'))})`,
} as const;

/** What the consent gate costs: where it lets through, where the host does, and where there is nothing to ask. */
export const gate: Group = {
  name: 'gate',
  async run({ interpreter, quick }) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-bench-gate-'));
    try {
      const count = quick ? 100 : 1000;
      await mkdir(path.join(folder, 'files'));
      for (let i = 0; i < count; i++) await writeFile(path.join(folder, 'files', String(i)), '');
      await mkdir(path.join(folder, 'few'));
      await writeFile(path.join(folder, 'few', 'file'), 'text');
      return await withBackend(async (client) => {
        const granted: Measured[] = [];
        const ordinary: Measured[] = [];
        const cancelled: Measured[] = [];
        const calls: Measured[] = [];
        for (const language of ['python', 'javascript'] as const) {
          const program = language === 'python' ? interpreter : process.execPath;
          const open = (security: Security) => BenchSession.open(client, language, program, security);
          granted.push(...(await openings(language, open, path.join(folder, 'files'), count)));
          ordinary.push(...(await ordinaryCode(language, open, quick ? 5 : 40)));
          cancelled.push(await cancels(language, open, folder, quick ? 3 : 30));
          calls.push(...(await standardSet(language, open, path.join(folder, 'few'), quick ? 10 : 300)));
        }
        return [
          tableOf('Gate: opening a file outside of the workspace', 'ms', null, granted),
          tableOf('Gate: code that touches nothing gated', 'ms', null, ordinary),
          tableOf('Gate: a cancel while a person is asked', 'ms', null, cancelled),
          tableOf('Gate: a call of a function of the standard set that is allowed', 'ms', null, calls),
        ];
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

type Open = (security: Security) => Promise<BenchSession>;

async function openings(language: LanguageId, open: Open, folder: string, count: number): Promise<Measured[]> {
  const label = LABELS[language];
  const free = await open(FREE);
  const asking = await open(GRANTED);
  const times = async (session: BenchSession, again: boolean) => {
    const text = await session.value(OPENING[language](folder, count, again));
    return JSON.parse(text) as number[];
  };
  // What is done for the first time is compiled first.
  for (const session of [free, asking]) await times(session, true);
  const rows: Measured[] = [
    { name: `${label}, no gate`, values: await times(free, false) },
    { name: `${label}, the host is asked and allows it`, values: await times(asking, false) },
    {
      name: `${label}, an answer that is remembered`,
      values: await times(asking, true),
      targets: [{ measure: 'p50', atMost: GRANTED_AT_MOST[language] }],
    },
  ];
  await Promise.all([free.kill(), asking.kill()]);
  return rows;
}

async function ordinaryCode(language: LanguageId, open: Open, rounds: number): Promise<Measured[]> {
  const label = LABELS[language];
  const sessions = { [`${label}, no gate`]: await open(FREE), [`${label}, with the gate`]: await open(ASKING) };
  const measured = new Map<string, number[]>(Object.keys(sessions).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, session] of Object.entries(sessions)) {
      const took = Number(await session.value(ORDINARY[language]));
      if (round >= 0) measured.get(name)?.push(took);
    }
  }
  await Promise.all(Object.values(sessions).map((session) => session.kill()));
  const base = `${label}, no gate`;
  return [...measured].map(([name, values]) => ({
    name,
    values,
    targets:
      name === base ? [] : [{ measure: 'p50', against: { row: base, measure: 'p50' }, atMost: ORDINARY_AT_MOST }],
  }));
}

async function standardSet(language: LanguageId, open: Open, folder: string, count: number): Promise<Measured[]> {
  const session = await open(FREE);
  const rows: Measured[] = [];
  for (const [name, call] of Object.entries(CALLS[language])) {
    const times = async (calls: number) => JSON.parse(await session.value(CALLING[language](call, folder, calls)));
    // What is done for the first time is compiled first.
    await times(5);
    rows.push({ name: `${LABELS[language]}, ${name}`, values: (await times(count)) as number[] });
  }
  await session.kill();
  return rows;
}

/** From the request to cancel until the terminal event, in the client. */
async function cancels(language: LanguageId, open: Open, folder: string, rounds: number): Promise<Measured> {
  const session = await open(ASKING);
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { executionId, ended } = await session.start(OPENING[language](path.join(folder, 'files'), 1, true));
    await session.prompted(executionId);
    const started = performance.now();
    await session.cancel(executionId);
    const { outcome } = await ended;
    values.push(performance.now() - started);
    if (outcome.status !== 'cancelled') throw new Error(`It ended as ${JSON.stringify(outcome)}`);
  }
  await session.kill();
  return { name: LABELS[language], values, targets: [{ measure: 'p50', atMost: 50 }] };
}
