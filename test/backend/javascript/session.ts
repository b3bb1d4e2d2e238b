import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { after } from 'mocha';
import type { Dialect } from '../../../backend/protocol/values.ts';
import { javascript } from '../../../backend/workers/javascript/language.ts';
import type { Interpreter } from '../../../backend/workers/language.ts';
import { type Cell, type Finished, WorkerProcess } from '../../helpers/worker-process.ts';

const root = path.join(import.meta.dirname, '../../..');
const entries = path.join(root, 'backend/workers/javascript');

let built: Promise<string> | undefined;

/** The folder of the built workers, built once from the sources with the options of esbuild.mjs. */
export function builtWorkers(): Promise<string> {
  built ??= buildWorkers();
  return built;
}

async function buildWorkers(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-workers-'));
  await build({
    entryPoints: Object.fromEntries(
      ['worker', 'control', 'typescript', 'jsx'].map((name) => [
        `javascript/${name}`,
        path.join(entries, `${name}.ts`),
      ]),
    ),
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.12',
    logLevel: 'error',
    legalComments: 'none',
    absWorkingDir: root,
  });
  await writeFile(path.join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  return folder;
}

/** The Node to test with: `HOLDFAST_TEST_NODE`, or the one that runs the tests. */
export async function testNode(): Promise<Interpreter> {
  return javascript.find({
    configured: process.env['HOLDFAST_TEST_NODE'] ?? process.execPath,
    workspace: root,
    env: process.env,
  });
}

/** A JavaScript session whose worker is a real process. */
export class Session {
  readonly worker: WorkerProcess;

  constructor(worker: WorkerProcess) {
    this.worker = worker;
  }

  static async start(cwd?: string): Promise<Session> {
    const command = javascript.command(await testNode(), await builtWorkers(), process.env);
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

after(async () => {
  if (built) await rm(await built, { recursive: true, force: true });
});
