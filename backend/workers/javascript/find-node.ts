import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Interpreter, InterpreterSearch } from '../language.ts';

/** The oldest Node whose `vm` loads modules for a script (`USE_MAIN_CONTEXT_DEFAULT_LOADER`). */
const NEEDED = '20.12.0';
const SETTING = 'holdfast.javascript.nodePath';
const TIMEOUT_MS = 5000;

const run = promisify(execFile);

/**
 * The setting; else `node` on PATH when it is new enough; else the Node that runs this.
 * @throws HoldfastError `unavailable` when the setting names something else than a Node that is new enough.
 */
export async function findNode({ configured, workspace, env }: InterpreterSearch): Promise<Interpreter> {
  if (configured !== null) {
    const file = path.resolve(workspace, configured);
    const version = await versionOf(file, env);
    if (isNewEnough(version)) return { path: file, version, origin: 'setting' };
    throw new HoldfastError(
      'unavailable',
      `${file} is Node ${version}; Holdfast needs ${NEEDED} or newer. Change the setting ${SETTING}, or clear it to use the Node that comes with the editor.`,
    );
  }
  const onPath = await nodeOnPath(env);
  return onPath ?? { path: process.execPath, version: process.versions.node, origin: 'bundled' };
}

/** Null when there is none, or none that can be used: the bundled one can. */
async function nodeOnPath(env: NodeJS.ProcessEnv): Promise<Interpreter | null> {
  const names = process.platform === 'win32' ? ['node.exe'] : ['node'];
  for (const folder of (env['PATH'] ?? env['Path'] ?? '')
    .split(path.delimiter)
    .filter((entry) => path.isAbsolute(entry))) {
    for (const name of names) {
      const file = path.join(folder, name);
      if (!(await isExecutable(file))) continue;
      try {
        const version = await versionOf(file, env);
        if (isNewEnough(version)) return { path: file, version, origin: 'PATH' };
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
      }
    }
  }
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function versionOf(file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const unusable = (reason: string, cause?: unknown) =>
    new HoldfastError('unavailable', `${file} cannot be used as Node: ${reason}. Change the setting ${SETTING}.`, {
      cause,
    });
  try {
    const { stdout } = await run(file, ['-p', 'process.versions.node'], {
      env: { ...env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    const version = stdout.trim();
    if (!/^\d+\.\d+\.\d+/.test(version)) throw unusable('it does not tell a version');
    return version;
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
