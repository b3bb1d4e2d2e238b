import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Interpreter } from '../../backend/workers/language.ts';
import { findInterpreter } from '../../backend/workers/python/interpreter.ts';

let found: Promise<readonly Interpreter[]> | undefined;

/** One interpreter of each version on this machine that the worker supports, oldest first: those on PATH and pyenv's. */
export function interpreters(): Promise<readonly Interpreter[]> {
  found ??= findAll();
  return found;
}

async function findAll(): Promise<readonly Interpreter[]> {
  const byVersion = new Map<string, Interpreter>();
  for (const file of candidates()) {
    const interpreter = await ask(file);
    if (interpreter && !byVersion.has(interpreter.version)) byVersion.set(interpreter.version, interpreter);
  }
  const all = [...byVersion.values()].sort((one, other) => compare(one.version, other.version));
  if (all.length === 0) throw new Error('The tests need a Python of at least 3.9 on PATH.');
  return all;
}

function candidates(): readonly string[] {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const pyenv = process.env['PYENV_ROOT'] ?? path.join(homedir(), '.pyenv');
  const names = process.platform === 'win32' ? ['python.exe'] : ['python3', 'python3.[0-9]*'];
  const files = [...folders, `${pyenv}/versions/*/bin`].flatMap((folder) =>
    names.flatMap((name) => globSync(path.join(folder, name))),
  );
  return [...new Set(files)].filter((file) => !file.endsWith('-config'));
}

async function ask(file: string): Promise<Interpreter | null> {
  try {
    return await findInterpreter({ configured: file, workspace: homedir(), env: process.env });
  } catch (error) {
    // Too old, or a shim for a version that is not active.
    if (error instanceof HoldfastError) return null;
    throw error;
  }
}

function compare(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
