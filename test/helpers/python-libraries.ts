import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Interpreter } from '../../backend/workers/language.ts';
import { findInterpreter } from '../../backend/workers/python/interpreter.ts';
import { interpreters } from './python-interpreters.ts';

const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache');
const run = promisify(execFile);

/** An environment of Python with some libraries. */
interface Wanted {
  readonly name: string;
  readonly libraries: readonly string[];
  /** Names an interpreter that has them. */
  readonly variable: string;
}

const LIBRARIES: Wanted = {
  name: 'libraries',
  libraries: ['numpy', 'pandas', 'matplotlib'],
  variable: 'HOLDFAST_TEST_PYTHON_LIBRARIES',
};
const PICKLERS: Wanted = {
  name: 'picklers',
  libraries: ['cloudpickle', 'dill'],
  variable: 'HOLDFAST_TEST_PYTHON_PICKLERS',
};
const found = new Map<Wanted, Promise<Interpreter | string>>();

/**
 * An interpreter with numpy, pandas and matplotlib, or why there is none: the one that `HOLDFAST_TEST_PYTHON_LIBRARIES` names, else a
 * virtual environment that is made once, with pip, in `node_modules/.cache`.
 */
export function withLibraries(): Promise<Interpreter | string> {
  return once(LIBRARIES);
}

/** The same with cloudpickle and dill, and `HOLDFAST_TEST_PYTHON_PICKLERS`. */
export function withPicklers(): Promise<Interpreter | string> {
  return once(PICKLERS);
}

function once(wanted: Wanted): Promise<Interpreter | string> {
  const before = found.get(wanted);
  if (before) return before;
  const finding = find(wanted);
  found.set(wanted, finding);
  return finding;
}

async function find(wanted: Wanted): Promise<Interpreter | string> {
  try {
    return await ask(process.env[wanted.variable] ?? (await environment(wanted)), wanted);
  } catch (error) {
    // `execFile` puts all that pip said into its message: the last line is the reason.
    const message = error instanceof Error ? error.message : String(error);
    return message.trim().split('\n').at(-1) ?? 'no reason given';
  }
}

async function ask(file: string, { libraries }: Wanted): Promise<Interpreter> {
  const interpreter = await findInterpreter({ configured: file, workspace: CACHE, env: process.env });
  try {
    await run(file, ['-c', `import ${libraries.join(', ')}`]);
  } catch {
    throw new HoldfastError('unavailable', `${file} lacks one of ${libraries.join(', ')}`);
  }
  return interpreter;
}

/** The Python of the cached environment, which is made under another name first: two runs may do it at once. */
async function environment({ name, libraries }: Wanted): Promise<string> {
  const base = (await interpreters()).at(-1);
  if (!base) throw new HoldfastError('unavailable', 'no Python');
  const folder = path.join(CACHE, `holdfast-python-${name}-${base.version}`);
  const python = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const exists = () =>
    access(path.join(folder, ...python)).then(
      () => true,
      () => false,
    );
  if (!(await exists())) {
    const making = `${folder}.${process.pid}`;
    await mkdir(CACHE, { recursive: true });
    try {
      await run(base.path, ['-m', 'venv', making], { timeout: 60_000 });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '0', ...libraries];
      await run(path.join(making, ...python), pip, { timeout: 300_000 });
      await rename(making, folder).catch(async (error: unknown) => {
        if (!(await exists())) throw error;
      });
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }
  return path.join(folder, ...python);
}
