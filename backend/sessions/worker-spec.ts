import { createHash } from 'node:crypto';
import path from 'node:path';
import type { WorkerCommand } from '../workers/language.ts';
import { identityOf, stampOf } from './stamp.ts';

/** Everything that one worker has in common with another that can take its place. */
export interface WorkerSpec {
  readonly command: WorkerCommand;
  /** Absolute path. */
  readonly cwd: string;
  /** See `Interpreter`. */
  readonly watched: readonly string[];
}

/** Of specs that have been asked for: digesting an environment takes a while. */
const keys = new WeakMap<WorkerSpec, string>();

/** The same for specs with the same content. A digest: environments hold secrets. */
export function keyOf(spec: WorkerSpec): string {
  const known = keys.get(spec);
  if (known) return known;
  const { command, cwd, watched } = spec;
  const env = Object.entries(command.env).sort(([one], [other]) => (one < other ? -1 : 1));
  const content = [command.executable, command.args, cwd, watched, env];
  const key = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  keys.set(spec, key);
  return key;
}

/** What a worker finds on disk when it starts. One that started with another fingerprint is out of date. */
export function fingerprintOf({ command, cwd, watched }: WorkerSpec): string {
  const programs = [command.executable, ...command.args].filter((file) => path.isAbsolute(file));
  return [identityOf(cwd), ...[...programs, ...watched].map(stampOf)].join('\n');
}
