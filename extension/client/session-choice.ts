import path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageId } from '../../backend/workers/language.ts';
import { setting } from '../platform/settings.ts';

const MAX_NAME = 100;

/** Which session code runs in and how it is made, by the settings. */
export interface SessionChoice {
  readonly name: string;
  /** Absolute path; null for the workspace. */
  readonly cwd: string | null;
  /** Absolute path, null for none. */
  readonly envFile: string | null;
}

/** @param file absolute path of the file that the code is in, null when it was never saved */
export function chooseSession(language: LanguageId, file: string | null): SessionChoice {
  const own = file !== null && setting('session.scope') === 'file';
  return {
    // The end tells files of one project apart.
    name: own ? vscode.workspace.asRelativePath(file).slice(-MAX_NAME) : language,
    cwd: file !== null && setting('workingDirectory') === 'file' ? path.dirname(file) : null,
    envFile: envFile(),
  };
}

function envFile(): string | null {
  const configured = setting('envFile');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (configured === '' || (folder === undefined && !path.isAbsolute(configured))) return null;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's notation.
  const file = configured.replaceAll('${workspaceFolder}', folder ?? '');
  return folder === undefined ? file : path.resolve(folder, file);
}
