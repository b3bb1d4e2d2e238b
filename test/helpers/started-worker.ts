import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { Stream } from '../../backend/protocol/values.ts';
import type { FromWorker } from '../../backend/protocol/worker/index.ts';
import { type WorkerExit, type WorkerListener, WorkerProcess } from '../../backend/sessions/worker-process.ts';
import { languageById } from '../../backend/workers/index.ts';
import type { LanguageId, WorkerCommand } from '../../backend/workers/language.ts';
import { dist } from './backend.ts';
import { interpreters } from './python-interpreters.ts';

export const workers = path.join(dist, 'workers');

/** How to start a worker on this machine's newest Python, or on the Node that runs the tests. */
export async function commandOf(id: LanguageId, env: NodeJS.ProcessEnv = process.env): Promise<WorkerCommand> {
  const language = languageById(id);
  const configured = id === 'python' ? ((await interpreters()).at(-1)?.path ?? null) : process.execPath;
  return language.command(await language.find({ configured, workspace: os.tmpdir(), env }), workers, env);
}

/** What a worker tells, and promises for the parts that tests wait for. */
export class Told implements WorkerListener {
  readonly messages: FromWorker[] = [];
  readonly written: Record<Stream, string> = { stdout: '', stderr: '' };
  readonly exit: Promise<WorkerExit>;
  readonly #ended = new Set<Stream>();
  #settleExit: (exit: WorkerExit) => void = () => {};
  #waiting: { readonly done: () => boolean; readonly settle: () => void }[] = [];

  constructor() {
    this.exit = new Promise((resolve) => {
      this.#settleExit = resolve;
    });
  }

  message(message: FromWorker): void {
    this.messages.push(message);
    this.#check();
  }

  output(stream: Stream, _executionId: string | null, bytes: Uint8Array): void {
    this.written[stream] += Buffer.from(bytes).toString();
    this.#check();
  }

  outputEnded(stream: Stream): void {
    this.#ended.add(stream);
    this.#check();
  }

  exited(exit: WorkerExit): void {
    this.#settleExit(exit);
  }

  until(done: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ done, settle: resolve });
      this.#check();
    });
  }

  ready(): Promise<void> {
    return this.until(() => this.messages.some(({ type }) => type === 'ready'));
  }

  /** Runs a cell. @returns the text of its value, or its error's. */
  async run(worker: WorkerProcess, id: LanguageId, code: string): Promise<string | null> {
    const executionId = randomUUID();
    this.#ended.clear();
    const source = { name: '<test>', path: null, line: 1, column: 0 };
    const cell = { executionId, dialect: id, source, mode: null, thread: 'never', autoreload: false } as const;
    worker.send({ type: 'execute', ...cell }, Buffer.from(code));
    const isEnd = (message: FromWorker) =>
      (message.type === 'result' || message.type === 'error') && message.executionId === executionId;
    await this.until(() => this.messages.some(isEnd) && this.#ended.size === 2);
    const end = this.messages.find(isEnd);
    if (end?.type === 'result') return end.text;
    return end?.type === 'error' ? `${end.error.name}: ${end.error.message}` : null;
  }

  #check(): void {
    const ready = this.#waiting.filter(({ done }) => done());
    this.#waiting = this.#waiting.filter((waiting) => !ready.includes(waiting));
    for (const { settle } of ready) settle();
  }
}

export interface StartedWorker {
  readonly worker: WorkerProcess;
  readonly told: Told;
}

export async function startWorker(id: LanguageId, env?: NodeJS.ProcessEnv): Promise<StartedWorker> {
  const told = new Told();
  const worker = new WorkerProcess(await commandOf(id, env), os.tmpdir(), told);
  await told.ready();
  return { worker, told };
}
