import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageId } from '../../backend/workers/language.ts';
import type { Candidate } from './candidate.ts';
import { type FoundInterpreter, findInterpreters } from './find-interpreters.ts';
import { nodePlaces } from './node-places.ts';
import { knownEnvironments } from './python-extension.ts';
import { pythonPlaces } from './python-places.ts';

export interface Search {
  readonly language: LanguageId;
  /** Absolute path. */
  readonly workspace: string;
  /** What the setting says. */
  readonly configured: string;
  /** Other extensions look again, too. */
  readonly refresh: boolean;
  readonly signal: AbortSignal;
  onFound(found: readonly FoundInterpreter[]): void;
}

/** Looks for the interpreters of a language on this machine. Settles when all have been asked. */
export async function searchInterpreters(search: Search): Promise<void> {
  const { language, configured } = search;
  const { env, platform } = process;
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const scope = { home: os.homedir(), env, platform, folders };
  const first: Candidate[] = path.isAbsolute(configured) ? [{ file: configured, name: '', group: 'configured' }] : [];
  const places =
    language === 'python'
      ? [...(await knownEnvironments(search.refresh)), ...(await pythonPlaces(scope))]
      : await nodePlaces(scope);
  await findInterpreters([...first, ...places], { ...search, env });
}
