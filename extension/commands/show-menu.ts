import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { sessionOfActiveEditor } from '../client/session-of-editor.ts';
import { plainText } from '../inline/visible.ts';
import type { Services } from '../services.ts';
import { command, NoArgument } from './command.ts';

interface Choice extends vscode.QuickPickItem {
  readonly command?: string;
  readonly argument?: unknown;
}

/** What can be done now: the menu behind the status bar item. */
export const showMenu = command({
  id: 'holdfast.showMenu',
  argument: NoArgument,
  async run(services) {
    const { t } = vscode.l10n;
    const picked = await vscode.window.showQuickPick(choices(services), {
      title: 'Holdfast',
      placeHolder: t('What to do'),
    });
    if (picked?.command) await vscode.commands.executeCommand(picked.command, picked.argument);
  },
});

function choices({ sessions, executions, prompts, durability }: Services): Choice[] {
  const active = sessionOfActiveEditor(sessions);
  return [
    ...pending(prompts.all().length, executions.unfinished().length),
    ...(durability.failure === null ? [] : [keepAgain(durability.failure)]),
    ...(active ? [active] : sessions.all()).flatMap(ofSession),
    ...(vscode.window.activeTextEditor ? [selectSession()] : []),
    ...general(),
  ];
}

/** What cannot wait comes first. */
function pending(prompts: number, unfinished: number): Choice[] {
  const { t } = vscode.l10n;
  const answer = item('comment', t('Answer Pending Prompt'), 'holdfast.answerPrompt');
  const cancel = item('debug-stop', t('Cancel Execution'), 'holdfast.cancelExecution');
  return [...(prompts > 0 ? [answer] : []), ...(unfinished > 0 ? [cancel] : [])];
}

function ofSession(session: SessionInfo): Choice[] {
  const { t } = vscode.l10n;
  const argument = { sessionId: session.sessionId };
  const own = (icon: string, label: string, command: string) => ({ ...item(icon, label, command), argument });
  return [
    separator(plainText(session.name)),
    own('debug-restart', t('Restart Session'), 'holdfast.restartSession'),
    own('edit', t('Rename Session'), 'holdfast.renameSession'),
    own('save', t('Save Checkpoint…'), 'holdfast.saveCheckpoint'),
    own('discard', t('Restore Checkpoint…'), 'holdfast.restoreCheckpoint'),
    own('trash', t('End Session'), 'holdfast.killSession'),
  ];
}

function keepAgain(failure: string): Choice {
  const { t } = vscode.l10n;
  return { ...item('warning', t('Try Again to Keep What Runs'), 'holdfast.keepAgain'), detail: plainText(failure) };
}

function selectSession(): Choice {
  return item('arrow-swap', vscode.l10n.t('Switch Session'), 'holdfast.selectSession');
}

function general(): Choice[] {
  const { t } = vscode.l10n;
  return [
    item('symbol-property', t('Select Interpreter'), 'holdfast.selectInterpreter'),
    separator('Holdfast'),
    item('list-selection', t('Show Results'), 'holdfast.showResults'),
    item('output', t('Show Log'), 'holdfast.showLog'),
    {
      ...item('settings-gear', t('Open Settings'), 'workbench.action.openSettings'),
      argument: '@ext:holdfast.holdfast',
    },
  ];
}

function item(icon: string, label: string, command: string): Choice {
  return { label, iconPath: new vscode.ThemeIcon(icon), command };
}

function separator(label: string): Choice {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
