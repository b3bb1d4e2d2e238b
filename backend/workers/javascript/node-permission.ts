import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Floor, FloorBounds } from '../language.ts';

/** The first version whose permission model lets the worker's inspector be. */
const NEEDED = '24.0.0';
/** From this one on it holds the network, too. */
const HOLDS_NETWORK = '25.0.0';
const ASK_TIMEOUT_MS = 10_000;

/** What the worker itself needs: its control thread, with the inspector; Node's functions below its modules, for the gate. */
const OWN = [
  '--permission',
  '--allow-worker',
  '--allow-inspector',
  '--expose-internals',
  '--disable-warning=SecurityWarning',
  '--disable-warning=internal/test/binding',
];

/** Node's own permission model: https://nodejs.org/api/permissions.html */
export const nodePermission: Floor = {
  name: 'node-permission',
  problem: (interpreter, env) => {
    if (isOlder(interpreter.version, NEEDED)) {
      return Promise.resolve(`it needs Node ${NEEDED} or newer, and ${interpreter.path} is ${interpreter.version}`);
    }
    return new Promise((resolve) => {
      // The editor's own program is a Node when it is told to be.
      const asNode = { ...env, ELECTRON_RUN_AS_NODE: '1' };
      execFile(interpreter.path, [...OWN, '-e', '0'], { env: asNode, timeout: ASK_TIMEOUT_MS }, (error) =>
        resolve(
          error ? `${interpreter.path} does not start with it (${error.message.trim().split('\n').at(-1)})` : null,
        ),
      );
    });
  },
  wrap: ({ executable, args, env }, { version }, bounds) => {
    const scripts = args.filter((one) => path.isAbsolute(one)).map((file) => path.dirname(file));
    const network = bounds.network && !isOlder(version, HOLDS_NETWORK) ? ['--allow-net'] : [];
    const programs = bounds.programs ? ['--allow-child-process', '--allow-addons', '--allow-wasi'] : [];
    const paths = [...reading([...scripts, ...bounds.readable], bounds), ...writing(bounds)];
    return { executable, args: [...OWN, ...network, ...programs, ...paths, ...args], env };
  },
};

function reading(folders: readonly string[], { readable, writable }: FloorBounds): string[] {
  const modules = readable.flatMap((folder) => modulesAbove(folder));
  return [...new Set([...folders, ...writable, ...modules])].flatMap((folder) => allowed('--allow-fs-read', folder));
}

function writing({ writable }: FloorBounds): string[] {
  return writable.flatMap((folder) => allowed('--allow-fs-write', folder));
}

/** The folder, and what is in it. */
function allowed(option: string, folder: string): string[] {
  return [`${option}=${folder}`, `${option}=${path.join(folder, '*')}`];
}

/** Where Node looks for modules outside of the folder. */
function modulesAbove(folder: string): string[] {
  const found: string[] = [];
  for (let above = path.dirname(folder); above !== path.dirname(above); above = path.dirname(above)) {
    const modules = path.join(above, 'node_modules');
    if (existsSync(modules)) found.push(modules);
  }
  return found;
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, undefined, { numeric: true }) < 0;
}
