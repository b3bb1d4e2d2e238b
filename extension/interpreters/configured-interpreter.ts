import * as vscode from 'vscode';
import type { LanguageId } from '../../backend/workers/language.ts';
import { setting } from '../platform/settings.ts';
import { activeEnvironment } from './python-extension.ts';

/** The interpreter that the person has chosen for a language, here or in the Python extension; null to let the backend search. */
export async function configuredInterpreter(language: LanguageId): Promise<string | null> {
  switch (language) {
    case 'python':
      return setting('python.interpreter') || (await activeEnvironment(vscode.workspace.workspaceFolders?.[0]?.uri));
    case 'javascript':
      return setting('javascript.nodePath') || null;
  }
}
