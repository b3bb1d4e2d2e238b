import * as vscode from 'vscode';
import { command, NoArgument } from './command.ts';
import { sessionOfActiveEditor } from './pick-session.ts';

interface Choice extends vscode.QuickPickItem {
  readonly command: string;
  readonly argument?: object;
}

/** What can be done now: the menu behind the status bar item. */
export const showMenu = command({
  id: 'holdfast.showMenu',
  argument: NoArgument,
  async run({ sessions, executions, prompts }) {
    const { t } = vscode.l10n;
    const choices: Choice[] = [];
    if (prompts.all().length > 0) {
      choices.push({ label: `$(comment) ${t('Answer Pending Prompt')}`, command: 'holdfast.answerPrompt' });
    }
    if (executions.unfinished().length > 0) {
      choices.push({ label: `$(debug-stop) ${t('Cancel Execution')}`, command: 'holdfast.cancelExecution' });
    }
    const active = sessionOfActiveEditor(sessions);
    for (const session of active ? [active] : sessions.all()) {
      const argument = { sessionId: session.sessionId };
      const description = session.name;
      choices.push(
        {
          label: `$(debug-restart) ${t('Restart Session')}`,
          description,
          command: 'holdfast.restartSession',
          argument,
        },
        { label: `$(trash) ${t('End Session')}`, description, command: 'holdfast.killSession', argument },
      );
    }
    choices.push(
      { label: `$(list-selection) ${t('Show Results')}`, command: 'holdfast.showResults' },
      { label: `$(symbol-property) ${t('Select Interpreter')}`, command: 'holdfast.selectInterpreter' },
      { label: `$(output) ${t('Show Log')}`, command: 'holdfast.showLog' },
    );
    const picked = await vscode.window.showQuickPick(choices, { title: 'Holdfast' });
    if (picked) await vscode.commands.executeCommand(picked.command, picked.argument);
  },
});
