import { existsSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { languageById } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { type Candidate, GROUPS } from './candidate.ts';

/** Programs that are run to ask for their version. */
const MAX_CANDIDATES = 60;
/** Programs that run at the same time. */
const AT_ONCE = 4;

/** An interpreter that can be used. */
export interface FoundInterpreter extends Candidate {
  /** For example `3.12.1`. */
  readonly version: string;
}

export interface FindOptions {
  readonly language: LanguageId;
  /** Absolute path: where version managers look for the version to use. */
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Told of all that have been found so far, sorted, each time there is another one. */
  onFound(found: readonly FoundInterpreter[]): void;
}

/** Asks each candidate that is there for its version. Those that cannot be used are left out. Settles when all have answered. */
export async function findInterpreters(candidates: readonly Candidate[], options: FindOptions): Promise<void> {
  const { signal, onFound } = options;
  const there = uniqueFiles(candidates.filter(({ file }) => existsSync(file))).slice(0, MAX_CANDIDATES);
  const found = new Map<string, FoundInterpreter>();
  const rest = there.values();
  const ask = async () => {
    for (const candidate of rest) {
      if (signal.aborted) return;
      const answer = await version(candidate.file, options);
      if (!answer || signal.aborted) continue;
      const interpreter = { ...candidate, ...answer };
      // `python` and `python3` of one folder, and the shim that stands for them, are one interpreter.
      const key = `${path.dirname(answer.file)} ${answer.version}`;
      found.set(key, nearest(interpreter, found.get(key)));
      onFound([...found.values()].sort(order));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
}

/**
 * What a program says that it is.
 * @throws HoldfastError `unavailable`, saying what is wrong with it
 */
export async function askInterpreter(
  file: string,
  { language, workspace, env }: Pick<FindOptions, 'language' | 'workspace' | 'env'>,
): Promise<{ file: string; version: string }> {
  const found = await languageById(language).find({ configured: file, workspace, env });
  return { file: found.path, version: found.version };
}

async function version(file: string, options: FindOptions): Promise<{ file: string; version: string } | undefined> {
  try {
    return await askInterpreter(file, options);
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

function uniqueFiles(candidates: readonly Candidate[]): Candidate[] {
  const byFile = new Map(candidates.toReversed().map((it) => [it.file, it]));
  return candidates.filter((it) => byFile.get(it.file) === it);
}

/** One interpreter that was found in two places: the place that is nearer, with the name that either knows. */
function nearest(one: FoundInterpreter, other: FoundInterpreter | undefined): FoundInterpreter {
  if (!other) return one;
  const [near, far] = order(one, other) < 0 ? [one, other] : [other, one];
  return { ...near, name: near.name || far.name };
}

/** The nearest first, then the newest. */
function order(one: FoundInterpreter, other: FoundInterpreter): number {
  return (
    GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group) ||
    other.version.localeCompare(one.version, 'en', { numeric: true }) ||
    one.file.localeCompare(other.file)
  );
}
