import * as vscode from 'vscode';
import * as z from 'zod';
import type { StoredVariable } from '../../backend/protocol/checkpoint.ts';
import type { CheckpointReport } from '../client/checkpoints.ts';
import { plainText } from '../inline/visible.ts';
import type { Services } from '../services.ts';
import { contentsReport } from '../views/checkpoints/reports.ts';
import { heldBy, quotedName, variablesWord } from '../views/checkpoints/words.ts';
import { namesInWords } from '../views/names-in-words.ts';
import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { askCheckpointName } from './pick-checkpoint.ts';
import { pickSession } from './pick-session.ts';
import { showPassing } from './show-passing.ts';

/** A session, and the name for a key binding that knows it. */
const SaveArgument = SessionArgument.partial().extend({ name: z.string().trim().min(1).max(100).optional() });

/** Copies the variables of a session to disk, under a name. */
export const saveCheckpoint = command({
  id: 'holdfast.saveCheckpoint',
  argument: SaveArgument.optional().catch(undefined),
  async run(services, argument) {
    const { t } = vscode.l10n;
    const { sessions, checkpoints } = services;
    const session = await pickSession(sessions, argument?.sessionId);
    const question = {
      title: t('Save Checkpoint of {0}', plainText(session.name)),
      value: '',
      prompt: t('What is it? For example: before cleaning'),
    };
    const name = argument?.name ?? (await askCheckpointName(question, await checkpoints.list()));
    const title = t('Holdfast saves {0}', t('“{0}”', plainText(name)));
    const made = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      checkpoints.create(session.sessionId, name),
    );
    // Not awaited: the command has ended, whether or not somebody answers the message.
    void tell(made, services);
  },
});

/** A message only when something is missing: then there is something to decide. */
async function tell(made: CheckpointReport<StoredVariable>, { reports }: Services): Promise<void> {
  const { t } = vscode.l10n;
  const { checkpoint, variables } = made;
  const name = quotedName(checkpoint);
  const saved = t('Saved {0}: {1}', name, variablesWord(heldBy(checkpoint)));
  const missing = variables.filter(({ how }) => how === 'not_stored');
  if (missing.length === 0) {
    showPassing(saved);
    return;
  }
  const show = t('Show Why');
  const message = `${saved}. ${t('Not stored: {0}.', namesInWords(missing.map((variable) => variable.name)))}`;
  if ((await vscode.window.showWarningMessage(message, show)) === show)
    await reports.show(t('Checkpoint {0}', name), contentsReport(made));
}
