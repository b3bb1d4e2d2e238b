import * as vscode from 'vscode';
import type { Sessions } from '../client/sessions.ts';
import { NothingToDo } from '../platform/user-error.ts';
import { taskDescription } from '../views/task-description.ts';
import { TaskArgument } from './arguments.ts';
import { command } from './command.ts';

/** Cancels a task, timer or thread that goes on after its cell: the one that is named, else the one picked. */
export const cancelTask = command({
  id: 'holdfast.cancelTask',
  argument: TaskArgument.optional(),
  async run({ sessions }, argument) {
    const { sessionId, taskId } = argument ?? (await pickTask(sessions));
    const status = await sessions.cancelTask(sessionId, taskId);
    const { t } = vscode.l10n;
    if (status === 'requested')
      vscode.window.setStatusBarMessage(t('It was asked to end, and does when its own code lets it.'), 5000);
  },
});

async function pickTask(sessions: Sessions): Promise<{ sessionId: string; taskId: number }> {
  const choices = sessions.all().flatMap(({ sessionId, name, tasks }) =>
    tasks.map((task) => ({
      label: task.name,
      description: taskDescription(task),
      detail: name,
      sessionId,
      taskId: task.taskId,
    })),
  );
  if (choices.length === 0) throw new NothingToDo(vscode.l10n.t('Nothing runs in the background.'));
  const picked = await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Cancel which background task?') });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}
