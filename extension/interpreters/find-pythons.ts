import { existsSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { languageById } from '../../backend/workers/index.ts';
import type { Interpreter } from '../../backend/workers/language.ts';
import { knownEnvironments } from './python-extension.ts';

const windows = process.platform === 'win32';
const MAX_CANDIDATES = 20;

/** The usable Pythons that can be found without looking through the disk. Asks each for its version. */
export async function findPythons(workspace: string, configured: string): Promise<Interpreter[]> {
  const candidates = new Map<string, string>();
  const add = (file: string, origin: string) => {
    if (!candidates.has(file) && candidates.size < MAX_CANDIDATES && existsSync(file)) candidates.set(file, origin);
  };
  if (path.isAbsolute(configured)) add(configured, 'holdfast.python.interpreter');
  for (const folder of ['.venv', 'venv']) {
    add(path.join(workspace, folder, windows ? 'Scripts/python.exe' : 'bin/python'), folder);
  }
  for (const file of await knownEnvironments()) add(file, 'Python extension');
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    if (path.isAbsolute(folder))
      for (const name of windows ? ['python.exe'] : ['python3', 'python']) add(path.join(folder, name), 'PATH');
  }
  const found = await Promise.all([...candidates].map(([file, origin]) => probe(file, origin, workspace)));
  return unique(found.filter((it) => it !== undefined));
}

/** @returns undefined for one that cannot be used: it is not offered. */
async function probe(file: string, origin: string, workspace: string): Promise<Interpreter | undefined> {
  try {
    const found = await languageById('python').find({ configured: file, workspace, env: process.env });
    return { ...found, origin };
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

/** `python` and `python3` of one folder are one interpreter. */
function unique(found: readonly Interpreter[]): Interpreter[] {
  const byFolder = new Map(found.toReversed().map((it) => [`${path.dirname(it.path)} ${it.version}`, it]));
  return found.filter((it) => byFolder.get(`${path.dirname(it.path)} ${it.version}`) === it);
}
