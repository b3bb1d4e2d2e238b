import path from 'node:path';
import type { Dialect } from '../../../backend/protocol/values.ts';
import { javascript } from '../../../backend/workers/javascript/language.ts';
import type { Interpreter } from '../../../backend/workers/language.ts';
import { type Cell, type Finished, WorkerProcess } from '../../helpers/worker-process.ts';

const root = path.join(import.meta.dirname, '../../..');
/** The folder of the built workers. `npm test` builds first; after a change of the worker alone: `node esbuild.mjs`. */
export const builtWorkers = path.join(root, 'dist/workers');

/** The Node to test with: `HOLDFAST_TEST_NODE`, or the one that runs the tests. */
export async function testNode(): Promise<Interpreter> {
  return javascript.find({
    configured: process.env['HOLDFAST_TEST_NODE'] ?? process.execPath,
    workspace: root,
    env: process.env,
  });
}

/** Settles when the cell has written the text to fd 1, itself or in a child. */
export async function printed({ process, stdout }: WorkerProcess, executionId: string, text: string): Promise<void> {
  while (!stdout.text(executionId).includes(text)) {
    await new Promise((resolve) => process.stdout?.once('data', resolve));
  }
}

/** A JavaScript session whose worker is a real process. */
export class Session {
  readonly worker: WorkerProcess;

  constructor(worker: WorkerProcess) {
    this.worker = worker;
  }

  static async start(cwd?: string): Promise<Session> {
    const command = javascript.command(await testNode(), builtWorkers, process.env);
    return new Session(await WorkerProcess.start(command, cwd ? { cwd } : {}));
  }

  js(code: string, source?: Cell['source']): Promise<Finished> {
    return this.run('javascript', code, source);
  }

  ts(code: string, source?: Cell['source']): Promise<Finished> {
    return this.run('typescript', code, source);
  }

  run(dialect: Dialect, code: string, source?: Cell['source']): Promise<Finished> {
    return this.worker.run({ code, dialect, ...(source ? { source } : {}) });
  }

  /** The text of a cell's value; an error in the cell is thrown. */
  async text(code: string, dialect: Dialect = 'javascript'): Promise<string | null> {
    const finished = await this.run(dialect, code);
    if (finished.error) throw new Error(`The cell failed:\n${finished.error.traceback}`);
    return finished.text;
  }

  async stop(): Promise<void> {
    await this.worker.stop();
  }
}
