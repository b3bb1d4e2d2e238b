import * as vscode from 'vscode';
import * as z from 'zod';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { Dialect, LanguageId } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { fileOf } from '../cells/cell.ts';
import { plainText } from '../inline/visible.ts';
import { askInterpreter } from '../interpreters/find-interpreters.ts';
import { type Picked, pickInterpreter, runtimeName } from '../interpreters/interpreter-picker.ts';
import { changeSetting, setting } from '../platform/settings.ts';
import type { Services } from '../services.ts';
import { runtimeOf } from '../views/session-words.ts';
import { command } from './command.ts';

const SETTINGS = { python: 'python.interpreter', javascript: 'javascript.nodePath' } as const;

/** Picks the interpreter that new sessions of a language use, the active editor's unless one is named, and writes the setting. */
export const selectInterpreter = command({
  id: 'holdfast.selectInterpreter',
  // In an editor's title it gets the file.
  argument: z.object({ language: LanguageId }).optional().catch(undefined),
  async run(services, argument) {
    const language = argument?.language ?? languageOfActiveEditor() ?? 'python';
    const { workspace } = services;
    const configured = setting(SETTINGS[language]);
    const picked = await pickInterpreter({ language, workspace, configured });
    const file = picked && (await fileOfPicked(picked, language, services));
    if (file === undefined || file === configured) return;
    await changeSetting(SETTINGS[language], file);
    await offerNewSession(services, language, file);
  },
});

function languageOfActiveEditor(): LanguageId | undefined {
  const dialect = Dialect.safeParse(vscode.window.activeTextEditor?.document.languageId);
  return dialect.success ? languageOfDialect(dialect.data).id : undefined;
}

/** @returns the value of the setting; undefined when the person went away. */
async function fileOfPicked(picked: Picked, language: LanguageId, services: Services): Promise<string | undefined> {
  switch (picked.kind) {
    case 'automatic':
      return '';
    case 'interpreter':
      return picked.file;
    case 'enter':
      return await enterPath(language, services);
    case 'browse': {
      const title = vscode.l10n.t('{0} for new sessions', runtimeName(language));
      return (await vscode.window.showOpenDialog({ title }))?.[0]?.fsPath;
    }
  }
}

/** Takes only what runs. */
async function enterPath(language: LanguageId, { workspace }: Services): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const text = await vscode.window.showInputBox({
    title: t('{0} for new sessions', runtimeName(language)),
    prompt: t('A path, relative to the workspace or absolute, or a command'),
    value: setting(SETTINGS[language]),
    ignoreFocusOut: true,
    validateInput: async (entered) => {
      if (entered.trim() === '') return undefined;
      try {
        const { version } = await askInterpreter(entered.trim(), { language, workspace, env: process.env });
        return { message: `${runtimeName(language)} ${version}`, severity: vscode.InputBoxValidationSeverity.Info };
      } catch (error) {
        if (error instanceof HoldfastError) return plainText(error.message);
        throw error;
      }
    },
  });
  return text?.trim();
}

/** A session keeps the interpreter that it was started with: says so, and offers what can be done. */
async function offerNewSession({ sessions }: Services, language: LanguageId, chosen: string): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const file = document ? fileOf(document) : null;
  const session = sessions.find(language, file);
  if (!session || session.interpreter.path === chosen) return;
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: t('End Session'),
        iconPath: new vscode.ThemeIcon('debug-restart'),
        description: t('its variables go; the next run starts one that uses it'),
        choose: () => sessions.kill(session.sessionId),
      },
      {
        label: t('New session for this file'),
        iconPath: new vscode.ThemeIcon('add'),
        description: t('{0} stays as it is', plainText(session.name)),
        choose: () => startBeside(sessions, session, file),
      },
      {
        label: t('Keep the session'),
        iconPath: new vscode.ThemeIcon('check'),
        description: t('only sessions that start later use it'),
      },
    ],
    { title: t('{0} goes on with {1}', plainText(session.name), runtimeOf(session)) },
  );
  await picked?.choose?.();
}

async function startBeside(sessions: Services['sessions'], { language }: SessionInfo, file: string | null) {
  const { sessionId } = await sessions.create(language, file, null);
  await sessions.pick(language, file, sessionId);
}
