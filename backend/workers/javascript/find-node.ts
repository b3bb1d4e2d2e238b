import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Answer, Interpreter, InterpreterSearch } from '../language.ts';
import { expand, isExecutable, searchPath } from '../search-path.ts';

/** The oldest Node whose `vm` loads modules for a script (`USE_MAIN_CONTEXT_DEFAULT_LOADER`). */
const NEEDED = '20.12.0';
const SETTING = 'holdfast.javascript.nodePath';
const TIMEOUT_MS = 5000;

const run = promisify(execFile);

/** Tells on lines of their own: the version and the path. */
const PROGRAM = 'process.versions.node + "\\n" + process.execPath';

/**
 * The setting; else `node` on PATH when it is new enough; else the Node that runs this.
 * @throws HoldfastError `unavailable` when the setting names something else than a Node that is new enough.
 */
export async function findNode(search: InterpreterSearch): Promise<Interpreter> {
  if (search.configured !== null) return configuredNode(search.configured, search);
  return (
    (await nodeOnPath(search)) ?? {
      path: process.execPath,
      version: process.versions.node,
      origin: 'bundled',
      watched: [],
    }
  );
}

/** A path, relative to the workspace or absolute, or a name to look up on PATH. */
async function configuredNode(configured: string, search: InterpreterSearch): Promise<Interpreter> {
  const { file, isName } = expand(configured, search.env);
  const found = isName ? await firstOnPath(file, search.env) : path.resolve(search.workspace, file);
  if (!found) {
    throw new HoldfastError(
      'unavailable',
      `There is no program "${configured}" on PATH. Change the setting ${SETTING} (a path, or a name on PATH), or clear it to use the Node that comes with the editor.`,
    );
  }
  const interpreter = await identify(found, 'setting', search);
  if (isNewEnough(interpreter.version)) return interpreter;
  throw new HoldfastError(
    'unavailable',
    `${found} is Node ${interpreter.version}; Holdfast needs ${NEEDED} or newer. Change the setting ${SETTING}, or clear it to use the Node that comes with the editor.`,
  );
}

async function firstOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const file of searchPath([name], env)) if (await isExecutable(file)) return file;
  return undefined;
}

/** Null when there is none, or none that can be used: the bundled one can. */
async function nodeOnPath(search: InterpreterSearch): Promise<Interpreter | null> {
  for (const file of searchPath(['node'], search.env)) {
    if (!(await isExecutable(file))) continue;
    try {
      const interpreter = await identify(file, 'PATH', search);
      if (isNewEnough(interpreter.version)) return interpreter;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
    }
  }
  return null;
}

async function identify(file: string, origin: string, search: InterpreterSearch): Promise<Interpreter> {
  const { workspace, env, answers } = search;
  const question = { file, workspace, env };
  const answer = await (answers ? answers.of(question, () => ask(file, search)) : ask(file, search));
  // A version manager's shim takes long to start; a script of the person's own may do more than to start Node.
  const isShim = path.basename(path.dirname(file)) === 'shims';
  return { path: isShim ? answer.path : file, version: answer.version, origin, watched: answer.watched };
}

async function ask(file: string, { workspace, env }: InterpreterSearch): Promise<Answer> {
  const unusable = (reason: string, cause?: unknown) =>
    new HoldfastError('unavailable', `${file} cannot be used as Node: ${reason}. Change the setting ${SETTING}.`, {
      cause,
    });
  try {
    const { stdout } = await run(file, ['-p', PROGRAM], {
      // Where version managers look for the version to use.
      cwd: workspace,
      env: { ...env, PWD: workspace, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    const [version = '', executable = ''] = stdout.trim().split(/\r?\n/);
    if (!/^\d+\.\d+\.\d+/.test(version)) throw unusable('it does not tell a version');
    return { path: path.isAbsolute(executable) ? executable : file, version, watched: [] };
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const { code, killed, message } = error as NodeJS.ErrnoException & { killed?: boolean };
    const reason = killed
      ? `it did not answer within ${TIMEOUT_MS / 1000} s`
      : code === 'ENOENT'
        ? 'there is no such file'
        : message.split('\n')[0];
    throw unusable(reason ?? 'it failed', error);
  }
}

function isNewEnough(version: string): boolean {
  return version.localeCompare(NEEDED, undefined, { numeric: true }) >= 0;
}
