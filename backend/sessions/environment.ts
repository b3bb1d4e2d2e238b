import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { logError } from '../log.ts';

/** Variables that steer VS Code's and the backend's own processes and would mislead a program started from them. */
const OWN = /^(ELECTRON_|VSCODE_|HOLDFAST_)/;

/** The environment of a worker: the person's own, without what belongs to the editor. */
export function workerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OWN.test(name)));
}

/** Adds the variables of an `.env` file, which win. A file that does not exist adds none. */
export function withEnvFile(env: NodeJS.ProcessEnv, file: string | null): NodeJS.ProcessEnv {
  if (file === null) return env;
  try {
    return { ...env, ...parseEnv(readFileSync(file, 'utf8')) };
  } catch (error) {
    // Its content may be secret: only why it cannot be read is logged.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') logError(`${file} could not be read`, error);
    return env;
  }
}
