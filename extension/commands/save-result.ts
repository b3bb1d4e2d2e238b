import * as vscode from 'vscode';
import type { Execution } from '../client/execution.ts';
import { outputPages } from '../client/output-pages.ts';
import { NothingToDo } from '../platform/user-error.ts';
import type { Services } from '../services.ts';
import { endingOf, saveForm } from '../views/save-form.ts';
import { ExecutionArgument } from './arguments.ts';
import { command } from './command.ts';

interface Choice extends vscode.QuickPickItem {
  save(): Promise<unknown>;
}

/** Saves something of an execution to a file: its output, its value, or what it showed. */
export const saveResult = command({
  id: 'holdfast.saveResult',
  argument: ExecutionArgument.optional(),
  async run(services, argument) {
    const { executions } = services;
    const execution = argument ? executions.get(argument.executionId) : executions.all().at(-1);
    const choices = execution ? choicesOf(execution, services) : [];
    const [first] = choices;
    if (!first) throw new NothingToDo(vscode.l10n.t('There is nothing to save.'));
    const placeHolder = vscode.l10n.t('What to save');
    await (choices.length === 1 ? first : await vscode.window.showQuickPick(choices, { placeHolder }))?.save();
  },
});

function choicesOf(execution: Execution, services: Services): Choice[] {
  const { output, value, id } = execution;
  const choices: Choice[] = [];
  if (output.total > 0) {
    choices.push({
      label: vscode.l10n.t('Output'),
      description: 'text/plain',
      save: async () => saveForm({ mime: 'text/plain', data: await wholeOutput(execution, services) }, 'output'),
    });
  }
  if (value !== null) {
    const data = new TextEncoder().encode(value);
    choices.push({
      label: vscode.l10n.t('Value'),
      description: 'text/plain',
      save: () => saveForm({ mime: 'text/plain', data }, 'value'),
    });
  }
  for (const { at, forms } of services.executions.displays.of(id)) {
    const label = at === null ? vscode.l10n.t('Value') : vscode.l10n.t('Shown value');
    for (const form of forms) {
      if (at === null && form.mime === 'text/plain') continue;
      choices.push({ label, description: form.mime, detail: `.${endingOf(form.mime)}`, save: () => saveForm(form) });
    }
  }
  return choices;
}

/** As the program wrote it, from the log of its session. Bounded by `holdfast.output.maxBytes`. */
async function wholeOutput({ id, sessionId, phase }: Execution, { sessions }: Services): Promise<Uint8Array> {
  if (sessionId === null) throw new NothingToDo(vscode.l10n.t('There is nothing to save.'));
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of outputPages(sessions, sessionId, phase.status === 'background' ? null : id)) {
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
