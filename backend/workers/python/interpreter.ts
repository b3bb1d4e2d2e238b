import { execFile } from 'node:child_process';
import path from 'node:path';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Answer, Interpreter, InterpreterSearch } from '../language.ts';
import { expand, isExecutable, isFolder, searchPath } from '../search-path.ts';

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

/** Tells on lines of their own: the version, the path, and the folders of packages with zero bytes between them. */
const PROGRAM = [
  'import sys',
  'print("%d.%d.%d" % sys.version_info[:3])',
  'print(sys.executable)',
  'import site',
  'print("\\0".join(getattr(site, "getsitepackages", list)() + [getattr(site, "getusersitepackages", str)()]))',
].join('\n');

/**
 * Configured → `.venv` or `venv` of the workspace → the active virtual environment → PATH. Everything but a configured one is
 * passed over when it is too old or does not run and another follows.
 * @throws HoldfastError `unavailable`.
 */
export async function findInterpreter(search: InterpreterSearch): Promise<Interpreter> {
  const { configured, workspace, env, answers } = search;
  const candidates = configured
    ? await configuredCandidates(configured, workspace, env)
    : [...environmentCandidates(workspace, env), ...pathCandidates(env)];
  const refused: string[] = [];
  for (const { file, origin } of candidates) {
    if (!(await isExecutable(file))) continue;
    try {
      const question = { file, workspace, env };
      const run = () => {
        search.asking?.(file);
        return ask(file, search);
      };
      const answer = await (answers ? answers.of(question, run) : run());
      if (isRecent(answer.version)) return { ...answer, origin };
      refused.push(`${answer.path} is Python ${answer.version}`);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      refused.push(`${file}: ${error.message}`);
    }
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
  const { file: expanded, isName } = expand(configured, env);
  const file = path.resolve(workspace, expanded);
  if (await isFolder(file)) return executablesOf(file).map((inside) => ({ file: inside, origin }));
  if (!isName) return [{ file, origin }];
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

/** A candidate that cannot be used. The message says why. */
class Unusable extends Error {}

/** Runs the candidate once: a shim (pyenv) or a launcher (py) names the real interpreter, whose path and version these are. */
function ask(file: string, { workspace, env }: InterpreterSearch): Promise<Answer> {
  const options = {
    // Where version managers look for the version to use.
    cwd: workspace,
    env: { ...env, PWD: workspace },
    timeout: ASK_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_ANSWER_BYTES,
    windowsHide: true,
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(file, ['-c', PROGRAM], options, (error, stdout, stderr) => {
      if (error) {
        reject(new Unusable(error.killed ? 'it did not answer in time' : firstLine(stderr) || error.message));
        return;
      }
      const lines = stdout.trimEnd().split(/\r?\n/);
      // A sitecustomize may print something first.
      const first = lines.findLastIndex((line) => /^\d+\.\d+\.\d+$/.test(line));
      const [version = '', executable = '', folders = ''] = lines.slice(first);
      if (first < 0) {
        reject(new Unusable('it did not answer as Python does'));
        return;
      }
      const real = executable || file;
      resolve({ path: real, version, watched: watchedFiles(real, folders.split('\0')) });
    });
    child.stdin?.end();
  });
}

/** The folders into which packages are installed, and what makes a virtual environment. */
function watchedFiles(executable: string, folders: readonly string[]): readonly string[] {
  const environment = path.dirname(path.dirname(executable));
  return [path.join(environment, 'pyvenv.cfg'), ...folders.filter((folder) => path.isAbsolute(folder))];
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
}
