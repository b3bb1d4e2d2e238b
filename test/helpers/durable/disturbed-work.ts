import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Configure,
  DEFAULT_SETTINGS,
  ListCheckpoints,
  type Outcome,
  ReadHistory,
  ReadOutput,
  ReadResult,
} from '../../../backend/protocol/client/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../backend.ts';

/** What happens to somebody who works: the window goes, the worker, the backend, or both at once. */
export const DISTURBANCES = ['window', 'worker', 'backend', 'everything'] as const;
export type Disturbance = (typeof DISTURBANCES)[number];

const MAX_GAP_MS = 500;
/** After so many cells the person looks at something else: time for a checkpoint. */
const CELLS_PER_REST = 3;
const REST_MS = 2_000;
/** An error of a closed connection comes before it is told that it closed, or behind it. */
const GONE_MS = 5_000;
const NAME = 'work';

/** Each cell follows from all before it, and prints twice: a disturbance in between cuts its output. */
const CELLS: Readonly<Record<LanguageId, (n: number) => string>> = {
  python: (n) => `import time
${n === 0 ? 'history = []' : ''}
if len(history) != ${n}: raise RuntimeError("behind")
total = ((history[-1] if history else 7) * 31 + ${n}) % 1000003
print("\\n".join(f"${n} {line} {total}" for line in range(${(n * 37) % 400})))
time.sleep(${(n % 5) * 0.02})
history.append(total)
print("end of ${n}", len(history))`,
  javascript: (n) => `${n === 0 ? 'globalThis.history = [];' : ''}
if (history.length !== ${n}) throw new Error("behind");
const total = ((history.at(-1) ?? 7) * 31 + ${n}) % 1000003;
console.log(Array.from({ length: ${(n * 37) % 400} }, (_, line) => \`${n} \${line} \${total}\`).join("\\n"));
await new Promise((resolve) => setTimeout(resolve, ${(n % 5) * 20}));
history.push(total);
console.log("end of ${n}", history.length);`,
};
const DONE: Readonly<Record<LanguageId, string>> = {
  python: 'len(history) if "history" in globals() else 0',
  javascript: 'globalThis.history?.length ?? 0',
};
const TELL: Readonly<Record<LanguageId, string>> = {
  python: 'import json; print(json.dumps([history, total], separators=(",", ":")))',
  javascript: 'console.log(JSON.stringify([history, total]))',
};

export interface Work {
  readonly language: LanguageId;
  readonly cells: number;
  /** What happens, in this order; each at a moment of its own. */
  readonly disturbances: readonly Disturbance[];
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface Worked {
  /** What each cell printed when it succeeded. */
  readonly printed: string[];
  readonly variables: string;
  /** Executions that were told to be lost. */
  readonly lost: number;
  /** Executions whose output and outcome were read again in the end. */
  readonly checked: number;
  /** Those that had happened when the last cell was done. */
  readonly disturbed: readonly Disturbance[];
}

/** Works through all cells like a person: goes on where the session is after each disturbance, and reads everything again in the end. */
export async function work(work: Work): Promise<Worked> {
  const workspace = await TestWorkspace.make();
  try {
    return await new Worker(workspace, work).run();
  } finally {
    await workspace.remove();
  }
}

class Worker {
  readonly #workspace: TestWorkspace;
  readonly #work: Work;
  readonly #printed: string[] = [];
  /** Executions that succeeded, each with its cell. */
  readonly #succeeded = new Map<string, number>();
  readonly #disturbed: Disturbance[] = [];
  #session: TestSession | undefined;
  #next = 0;
  /** Of which it is not known yet what became of it. */
  #open: { readonly executionId: string; readonly n: number } | undefined;
  #lost = 0;
  #over = false;

  constructor(workspace: TestWorkspace, work: Work) {
    this.#workspace = workspace;
    this.#work = work;
  }

  async run(): Promise<Worked> {
    const disturbing = this.#disturb();
    for (;;) {
      const session = await this.#connect();
      const closed = new Promise<void>((resolve) => session.client.onClose(() => resolve()));
      try {
        await this.#workOn(session);
        this.#over = true;
        await disturbing;
        const { stdout: variables } = await session.run(TELL[this.#work.language]);
        await this.#checkAll(session);
        return {
          printed: this.#printed,
          variables,
          lost: this.#lost,
          checked: this.#succeeded.size,
          disturbed: this.#disturbed,
        };
      } catch (error) {
        // Not the connection's: that tells itself, in the turn of the error or soon.
        if (error instanceof assert.AssertionError) throw error;
        await Promise.race([closed, delay(GONE_MS).then(() => Promise.reject(error))]);
      }
    }
  }

  async #connect(): Promise<TestSession> {
    const client = await this.#workspace.connect();
    client.onClose(() => {
      if (this.#session?.client === client) this.#session = undefined;
    });
    await client.request(Configure, {
      ...DEFAULT_SETTINGS,
      checkpoints: { ...DEFAULT_SETTINGS.checkpoints, idleMs: 0 },
    });
    this.#session = await TestSession.open(client, this.#work.language, { name: NAME });
    return this.#session;
  }

  /** Until all cells are done. Rejects when the connection closes. */
  async #workOn(session: TestSession): Promise<void> {
    const { cells, language } = this.#work;
    if (this.#open) await this.#settle(session, await this.#outcomeOf(session, this.#open.executionId));
    while (this.#next < cells) {
      const n = this.#next;
      const executionId = randomUUID();
      this.#open = { executionId, n };
      const { outcome } = await session.run(CELLS[language](n), { executionId });
      await this.#settle(session, outcome);
      if (this.#next % CELLS_PER_REST === 0) await this.#rest(session);
    }
  }

  /** What became of an execution while nobody was connected. @returns undefined when the backend never heard of it */
  async #outcomeOf(session: TestSession, executionId: string): Promise<Outcome | undefined> {
    const { executions } = await session.client.request(ReadHistory, { count: 10 });
    const known = executions.find((execution) => execution.executionId === executionId);
    if (!known) return undefined;
    if (known.status === 'pending') return await session.until(() => session.outcome(executionId));
    const { result } = await session.client.requestBytes(ReadResult, { executionId });
    return result.outcome ?? undefined;
  }

  async #settle(session: TestSession, outcome: Outcome | undefined): Promise<void> {
    const { executionId, n } = this.#open ?? assert.fail();
    if (outcome?.status === 'succeeded') {
      const text = await read(session, executionId);
      this.#printed[n] ??= text;
      assert.equal(text, this.#printed[n], `cell ${n} printed something else when it ran again`);
      this.#succeeded.set(executionId, n);
      this.#next = n + 1;
    } else {
      const behind = outcome?.status === 'failed' && /behind|history/.test(outcome.error.message);
      assert.ok(!outcome || outcome.status === 'lost' || behind, JSON.stringify(outcome));
      if (outcome?.status === 'lost') this.#lost++;
      this.#next = await this.#whereItIs(session);
    }
    this.#open = undefined;
  }

  /** How many cells the variables have behind them. */
  async #whereItIs(session: TestSession): Promise<number> {
    for (;;) {
      const { outcome } = await session.run(DONE[this.#work.language]);
      if (outcome.status === 'succeeded') return Number(outcome.text);
      assert.equal(outcome.status, 'lost', JSON.stringify(outcome));
    }
  }

  /** Until there is a checkpoint of what is there now, or the person is tired of waiting. */
  async #rest({ client }: TestSession): Promise<void> {
    const since = Date.now();
    while (Date.now() < since + REST_MS) {
      const { checkpoints } = await client.request(ListCheckpoints, {});
      if ((checkpoints[0]?.createdAt ?? 0) >= since) return;
      await delay(10);
    }
  }

  async #disturb(): Promise<void> {
    for (const disturbance of this.#work.disturbances) {
      // Not a wait for something: the moment is what is tried.
      await delay(this.#work.random() * MAX_GAP_MS);
      while (!this.#session && !this.#over) await delay(1);
      if (this.#over || !this.#session) return;
      await happen(disturbance, this.#session);
      this.#disturbed.push(disturbance);
    }
  }

  /** Every byte of everything that succeeded, whichever backend and worker it ran in. */
  async #checkAll(session: TestSession): Promise<void> {
    for (const [executionId, n] of this.#succeeded) {
      const { result } = await session.client.requestBytes(ReadResult, { executionId });
      assert.equal(result.outcome?.status, 'succeeded', `cell ${n}`);
      assert.equal(await read(session, executionId), this.#printed[n], `cell ${n}`);
    }
  }
}

async function read(session: TestSession, executionId: string): Promise<string> {
  const page = { sessionId: session.id, executionId, start: 0, count: 1_000_000 };
  return Buffer.from((await session.client.requestBytes(ReadOutput, page)).payload).toString();
}

async function happen(disturbance: Disturbance, session: TestSession): Promise<void> {
  const { client } = session;
  const closed = new Promise<void>((resolve) => client.onClose(() => resolve()));
  if (disturbance === 'window') {
    client.close();
    return;
  }
  // The connection may go while it is asked: then there is nothing left to disturb.
  const worker =
    disturbance === 'backend'
      ? null
      : await session.info().then(
          ({ pid }) => pid,
          () => null,
        );
  if (worker !== null) kill(worker);
  if (disturbance === 'worker') return;
  kill(client.hello.pid);
  await closed;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It had gone by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
