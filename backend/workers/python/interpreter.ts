import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Interpreter, InterpreterSearch } from '../language.ts';

/** The oldest Python that the worker runs on. */
const OLDEST = [3, 9] as const;
/** How long a candidate may take to say what it is. Milliseconds. */
const ASK_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const SETTING = 'holdfast.python.interpreter';
const FIX = `Install one, or name another interpreter with the setting "${SETTING}" (--python on the command line).`;

interface Candidate {
  /** A path, or for PATH the path of a name in one of its folders. */
  readonly file: string;
  readonly origin: string;
}

/** What a candidate answered: itself, or why it cannot be used. */
type Asked = { readonly interpreter: Interpreter; readonly recent: boolean } | { readonly failure: string };

/**
 * Configured → `.venv` or `venv` of the workspace → the active virtual environment → PATH. Everything but a configured one is
 * passed over when it is too old or does not run and another follows.
 * @throws HoldfastError `unavailable`.
 */
export async function findInterpreter({ configured, workspace, env }: InterpreterSearch): Promise<Interpreter> {
  const candidates = configured
    ? await configuredCandidates(configured, workspace, env)
    : [...environmentCandidates(workspace, env), ...pathCandidates(env)];
  const refused: string[] = [];
  for (const candidate of candidates) {
    if (!(await isExecutable(candidate.file))) continue;
    const asked = await ask(candidate, env);
    if ('failure' in asked) refused.push(`${candidate.file}: ${asked.failure}`);
    else if (!asked.recent) refused.push(`${asked.interpreter.path} is Python ${asked.interpreter.version}`);
    else return asked.interpreter;
  }
  throw unavailable(configured, refused);
}

function unavailable(configured: string | null, refused: readonly string[]): HoldfastError {
  const needed = `Python ${OLDEST.join('.')} or newer is needed`;
  if (configured && refused.length === 0) {
    return new HoldfastError(
      'unavailable',
      `The Python interpreter "${configured}" was not found. ${needed}. Change the setting "${SETTING}" (--python on the command line).`,
    );
  }
  if (refused.length === 0) {
    return new HoldfastError('unavailable', `No Python was found in the workspace or on PATH. ${needed}. ${FIX}`);
  }
  return new HoldfastError('unavailable', `${needed}; found: ${refused.join('; ')}. ${FIX}`);
}

/** A path, relative to the workspace or absolute, or a name to look up on PATH. */
async function configuredCandidates(
  configured: string,
  workspace: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Candidate[]> {
  const origin = 'setting';
  const home = env['HOME'] ?? env['USERPROFILE'];
  const expanded = home && /^~[\\/]/.test(configured) ? path.join(home, configured.slice(2)) : configured;
  const file = path.resolve(workspace, expanded);
  if (await isFolder(file)) return executablesOf(file).map((inside) => ({ file: inside, origin }));
  if (path.basename(expanded) !== expanded) return [{ file, origin }];
  return searchPath([expanded], env).map((found) => ({ file: found, origin }));
}

function environmentCandidates(workspace: string, env: NodeJS.ProcessEnv): readonly Candidate[] {
  const active = env['VIRTUAL_ENV'];
  return [
    ...['.venv', 'venv'].flatMap((name) =>
      executablesOf(path.join(workspace, name)).map((file) => ({ file, origin: name })),
    ),
    ...(active ? executablesOf(active).map((file) => ({ file, origin: 'VIRTUAL_ENV' })) : []),
  ];
}

function pathCandidates(env: NodeJS.ProcessEnv): readonly Candidate[] {
  const names = process.platform === 'win32' ? ['python', 'py', 'python3'] : ['python3', 'python'];
  return searchPath(names, env).map((file) => ({ file, origin: 'PATH' }));
}

/** Where a virtual environment or an installation keeps its interpreter. */
function executablesOf(folder: string): readonly string[] {
  if (process.platform === 'win32') {
    return [path.join(folder, 'Scripts', 'python.exe'), path.join(folder, 'python.exe')];
  }
  return [path.join(folder, 'bin', 'python3'), path.join(folder, 'bin', 'python')];
}

/** Every place where PATH has one of the names: all of the first name before the second. */
function searchPath(names: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const endings = process.platform === 'win32' ? ['.exe', ''] : [''];
  const files = names.flatMap((name) =>
    folders.flatMap((folder) => endings.map((ending) => path.join(folder, name + ending))),
  );
  return [...new Set(files)];
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch {
    return false;
  }
}

/** Runs the candidate once: a shim (pyenv) or a launcher (py) names the real interpreter, whose path and version these are. */
function ask({ file, origin }: Candidate, env: NodeJS.ProcessEnv): Promise<Asked> {
  const program = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); print(sys.executable)';
  const options = {
    env,
    timeout: ASK_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_ANSWER_BYTES,
    windowsHide: true,
  } as const;
  return new Promise((resolve) => {
    const child = execFile(file, ['-c', program], options, (error, stdout, stderr) => {
      if (error) {
        resolve({ failure: error.killed ? 'it did not answer in time' : firstLine(stderr) || error.message });
        return;
      }
      // A sitecustomize may print something first.
      const [version = '', executable = ''] = stdout.trimEnd().split(/\r?\n/).slice(-2);
      const numbers = /^(\d+)\.(\d+)\.\d+$/.exec(version);
      if (!numbers) {
        resolve({ failure: 'it did not answer as Python does' });
        return;
      }
      const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
      const recent = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
      resolve({ interpreter: { path: executable || file, version, origin }, recent });
    });
    child.stdin?.end();
  });
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
}
