import path from 'node:path';
import * as vscode from 'vscode';
import { Dialect } from '../../backend/protocol/values.ts';
import { languageById, languageOfDialect } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { fileOf } from '../cells/cell.ts';
import type { Machines } from '../client/machines.ts';
import type { Sessions } from '../client/sessions.ts';
import { plainText } from '../inline/visible.ts';
import { UserError } from '../platform/user-error.ts';
import { sessionChoice } from '../views/session-items.ts';
import { activeEditor } from './active-editor.ts';
import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { startSession } from './new-session.ts';
import { startSessionElsewhere } from './new-session-elsewhere.ts';

interface Choice extends vscode.QuickPickItem {
  choose?(): Promise<void>;
}

/** Lets the active editor's file run in another session of its language: the one that is named, else the one picked. */
export const selectSession = command({
  id: 'holdfast.selectSession',
  // In an editor's title it gets the file.
  argument: SessionArgument.optional().catch(undefined),
  async run({ machines, sessions }, argument) {
    const { document } = activeEditor();
    const dialect = Dialect.safeParse(document.languageId);
    if (!dialect.success) {
      throw new UserError(vscode.l10n.t('Open a Python, JavaScript or TypeScript file to run code.'));
    }
    const { id: language } = languageOfDialect(dialect.data);
    if (argument) await pickNamed(sessions, document, language, argument.sessionId);
    else await ask(machines, sessions, document, language);
  },
});

async function pickNamed(
  sessions: Sessions,
  document: vscode.TextDocument,
  language: LanguageId,
  sessionId: string,
): Promise<void> {
  const session = sessions.get(sessionId);
  if (!session) throw new UserError(vscode.l10n.t('There is no such session. Running code starts one.'));
  if (session.language !== language) {
    const { label } = languageById(session.language);
    throw new UserError(vscode.l10n.t('{0} is a session of {1}: this file cannot run in it.', session.name, label));
  }
  await sessions.pick(language, fileOf(document), sessionId);
}

async function ask(
  machines: Machines,
  sessions: Sessions,
  document: vscode.TextDocument,
  language: LanguageId,
): Promise<void> {
  const { t } = vscode.l10n;
  const file = fileOf(document);
  const { label } = languageById(language);
  const title = file ? t('Session for {0}', plainText(path.basename(file))) : t('Session for unsaved files');
  const picked = await vscode.window.showQuickPick(choices(machines, sessions, document, language, file), {
    title,
    placeHolder: t('{0} sessions share no variables', label),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) throw new vscode.CancellationError();
  await picked.choose?.();
}

function choices(
  machines: Machines,
  sessions: Sessions,
  document: vscode.TextDocument,
  language: LanguageId,
  file: string | null,
): Choice[] {
  const { t } = vscode.l10n;
  const current = sessions.find(language, file);
  const own = sessions.all().filter((session) => session.language === language);
  return [
    ...own.map((session): Choice => {
      const item = sessionChoice(session);
      const description =
        session === current ? `${t('runs this file')} · ${item.description}` : (item.description ?? '');
      return { ...item, description, choose: () => sessions.pick(language, file, session.sessionId) };
    }),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      label: t('New Session…'),
      iconPath: new vscode.ThemeIcon('add'),
      choose: () => startSession(sessions, document),
    },
    {
      label: t('New Session on Another Machine…'),
      iconPath: new vscode.ThemeIcon('server'),
      choose: () => startSessionElsewhere(machines, sessions, document),
    },
    ...(sessions.picked(language, file)
      ? [
          {
            label: t('Go by the settings again'),
            iconPath: new vscode.ThemeIcon('discard'),
            choose: () => sessions.pick(language, file, undefined),
          },
        ]
      : []),
  ];
}
