import * as vscode from 'vscode';
import { findPythons } from '../interpreters/find-pythons.ts';
import { changeSetting, setting } from '../platform/settings.ts';
import type { Services } from '../services.ts';
import { command, NoArgument } from './command.ts';

interface Choice extends vscode.QuickPickItem {
  /** Empty: let the backend search. Undefined: ask for a path. */
  readonly interpreter: string | undefined;
}

/** Picks the Python that new sessions use, and writes the setting. */
export const selectInterpreter = command({
  id: 'holdfast.selectInterpreter',
  argument: NoArgument,
  async run(services) {
    const { t } = vscode.l10n;
    const placeHolder = t('Python interpreter for new sessions');
    const picked = await vscode.window.showQuickPick(choices(services.workspace), {
      placeHolder,
      matchOnDescription: true,
    });
    if (!picked) return;
    const interpreter = picked.interpreter ?? (await askForPath());
    if (interpreter === undefined || interpreter === setting('python.interpreter')) return;
    await changeSetting('python.interpreter', interpreter);
    await offerNewSession(services);
  },
});

async function choices(workspace: string): Promise<Choice[]> {
  const { t } = vscode.l10n;
  const found = await findPythons(workspace, setting('python.interpreter'));
  return [
    {
      label: `$(search) ${t('Find automatically')}`,
      description: t('what the Python extension chose, .venv, else PATH'),
      interpreter: '',
    },
    { label: `$(folder-opened) ${t('Enter the path of an interpreter…')}`, interpreter: undefined },
    { label: t('Found'), kind: vscode.QuickPickItemKind.Separator, interpreter: undefined },
    ...found.map(({ path, version, origin }) => ({
      label: `Python ${version}`,
      description: path,
      detail: origin,
      interpreter: path,
    })),
  ];
}

async function askForPath(): Promise<string | undefined> {
  const [file] = (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Python interpreter') })) ?? [];
  return file?.fsPath;
}

/** A session keeps the interpreter it was started with. */
async function offerNewSession({ sessions }: Services): Promise<void> {
  const session = sessions.all().find(({ language }) => language === 'python');
  if (!session) return;
  const startNew = vscode.l10n.t('End Session');
  const message = vscode.l10n.t(
    'The running Python session goes on with {0}. End it, with its variables, so that the next run uses the new interpreter?',
    session.interpreter.path,
  );
  if ((await vscode.window.showInformationMessage(message, startNew)) === startNew)
    await sessions.kill(session.sessionId);
}
