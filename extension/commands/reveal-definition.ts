import * as vscode from 'vscode';
import type { Execution } from '../client/execution.ts';
import type { InlineResults } from '../inline/inline-results.ts';
import { plainText, visible } from '../inline/visible.ts';
import { UserError } from '../platform/user-error.ts';
import { command } from './command.ts';
import { namedOrSelected, VariableArgument } from './namespace-arguments.ts';

/** Shows the code that changed a variable last, and says so when that code has been edited since. */
export const revealDefinition = command({
  id: 'holdfast.revealDefinition',
  argument: VariableArgument.optional(),
  async run(services, argument) {
    const { sessionId, name } = namedOrSelected(VariableArgument, argument, services);
    const { executionId } = services.namespaces.variable(sessionId, name) ?? { executionId: null };
    const execution = executionId === null ? undefined : services.executions.get(executionId);
    const { t } = vscode.l10n;
    if (!execution) throw new UserError(t('It is not known any more which code changed {0}.', visible(name)));
    const place = await placeOf(execution, services.inline);
    if (!place) throw new UserError(t('The file of the code that changed {0} is not open any more.', visible(name)));
    const { uri, range, edited } = place;
    await vscode.window.showTextDocument(uri, { selection: range });
    if (edited) {
      const message = t('The code here has been edited since it changed {0}.', visible(name));
      vscode.window.setStatusBarMessage(plainText(message), 5000);
    }
  },
});

interface Place {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  /** The text is not the one that ran. */
  readonly edited: boolean;
}

async function placeOf({ id, source, title }: Execution, inline: InlineResults): Promise<Place | undefined> {
  const location = inline.locate(id);
  if (location) {
    const edited = inline.of(location.uri).find(({ executionId }) => executionId === id)?.stale ?? false;
    return { uri: location.uri, range: location.range, edited };
  }
  if (!source?.path) return undefined;
  const uri = vscode.Uri.file(source.path);
  const document = await vscode.workspace.openTextDocument(uri);
  const line = Math.min(source.line, document.lineCount) - 1;
  // No longer followed through edits: its first line tells whether it is still there.
  const text = document.lineAt(line).text;
  return { uri, range: document.lineAt(line).range, edited: title !== null && !text.includes(title) };
}
