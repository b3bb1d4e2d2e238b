import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Floor, FloorBounds, Interpreter, WorkerCommand } from './language.ts';
import { searchPath } from './search-path.ts';

const PROBE_TIMEOUT_MS = 10_000;

/** What programs need of the system. Home folders are not among it. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc',
  '/opt',
  '/sys',
  '/nix',
  '/run/systemd/resolve',
];

/** Its own processes: it sees and signals no others, and all of them end with it. */
const ISOLATED = ['--die-with-parent', '--unshare-pid', '--new-session'];

/** Linux' bubblewrap, when it is installed: the worker sees only the files that it may use, and no network when it may not use that. */
export const bubblewrap: Floor = {
  name: 'bubblewrap',
  async problem(_interpreter, env) {
    if (process.platform !== 'linux') return 'only Linux has it';
    const [program] = searchPath(['bwrap'], env).filter((file) => existsSync(file));
    if (!program) return 'it is not installed (the package "bubblewrap")';
    return new Promise((resolve) => {
      const args = [...ISOLATED, '--unshare-net', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', 'true'];
      execFile(program, args, { env, timeout: PROBE_TIMEOUT_MS }, (error) =>
        resolve(error ? `it does not work here (${error.message.trim().split('\n').at(-1)})` : null),
      );
    });
  },
  wrap: (command, interpreter, bounds) => ({
    executable: 'bwrap',
    args: [...bubble(command, interpreter, bounds), command.executable, ...command.args],
    env: command.env,
  }),
};

function bubble(command: WorkerCommand, interpreter: Interpreter, bounds: FloorBounds): string[] {
  const scripts = command.args.filter((one) => path.isAbsolute(one)).map((file) => path.dirname(file));
  const readable = new Set([...SYSTEM, ...installations(interpreter), ...scripts, ...bounds.readable]);
  return [
    ...ISOLATED,
    ...(bounds.network ? [] : ['--unshare-net']),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...[...readable].flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...bounds.writable.flatMap((folder) => ['--bind', folder, folder]),
  ];
}

/** The folders of an interpreter and of the one that a virtual environment stands for. */
function installations(interpreter: Interpreter): string[] {
  const programs = [interpreter.path, realpathSync(interpreter.path)];
  const folders = [...programs.flatMap(installation), ...interpreter.watched];
  return folders.filter((folder) => !holdsHome(folder) && existsSync(folder));
}

/** Where a person keeps other things, too, the program and its libraries alone. */
function installation(program: string): string[] {
  const prefix = path.dirname(path.dirname(program));
  const isOfPerson = holdsHome(prefix) || path.basename(prefix) === '.local';
  return isOfPerson ? [program, path.join(prefix, 'lib')] : [prefix];
}

/** Whether it is the home folder, or has it in it. */
function holdsHome(folder: string): boolean {
  const home = os.homedir();
  const homes = existsSync(home) ? [home, realpathSync(home)] : [home];
  return homes.some((one) => path.relative(folder, one).split(path.sep)[0] !== '..');
}
