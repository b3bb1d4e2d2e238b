import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'mocha';
import type { Interpreter, WorkerCommand } from '../../../backend/workers/language.ts';
import { python } from '../../../backend/workers/python/language.ts';
import { type Cell, type Execution, type Finished, WorkerProcess } from '../../helpers/worker-process.ts';

export { interpreters } from '../../helpers/python-interpreters.ts';

let copied: Promise<string> | undefined;

/** The folder of the built workers, as esbuild.mjs copies it: interpreters leave no caches in the sources. */
async function builtWorkers(): Promise<string> {
  copied ??= (async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-workers-'));
    const source = path.join(import.meta.dirname, '../../../backend/workers/python/worker');
    await cp(source, path.join(folder, 'python'), { recursive: true, filter: (file) => !file.includes('__pycache__') });
    return folder;
  })();
  return copied;
}

export async function commandOf(
  interpreter: Interpreter,
  env: NodeJS.ProcessEnv = process.env,
): Promise<WorkerCommand> {
  return python.command(interpreter, await builtWorkers(), env);
}

/** A Python session whose worker is a real process. */
export class Session {
  readonly worker: WorkerProcess;

  private constructor(worker: WorkerProcess) {
    this.worker = worker;
  }

  static async start(interpreter: Interpreter, cwd?: string, env?: NodeJS.ProcessEnv): Promise<Session> {
    return new Session(await WorkerProcess.start(await commandOf(interpreter, env), cwd ? { cwd } : {}));
  }

  static async of(command: WorkerCommand, cwd: string): Promise<Session> {
    return new Session(await WorkerProcess.start(command, { cwd }));
  }

  execute(code: string, source?: Cell['source'], options?: Partial<Cell>): Execution {
    return this.worker.execute({ code, dialect: 'python', ...(source ? { source } : {}), ...options });
  }

  /** Begins a cell on the session's executor thread. */
  executeOnThread(code: string): Execution {
    return this.execute(code, undefined, { thread: 'always' });
  }

  run(code: string, source?: Cell['source']): Promise<Finished> {
    return this.execute(code, source).finished;
  }

  /** The text of a cell's value; an error in the cell is thrown. */
  async text(code: string, source?: Cell['source']): Promise<string | null> {
    const finished = await this.run(code, source);
    if (finished.error) throw new Error(`The cell failed:\n${finished.error.traceback}`);
    return finished.text;
  }

  /** The traceback of a cell that fails. */
  async traceback(code: string, source?: Cell['source']): Promise<string> {
    const { error } = await this.run(code, source);
    assert(error, 'the cell fails');
    return error.traceback;
  }

  cancel(executionId: string): void {
    this.worker.send({ type: 'cancel', executionId });
  }

  async stop(): Promise<void> {
    await this.worker.stop();
  }
}

after(async () => {
  if (copied) await rm(await copied, { recursive: true, force: true });
});
