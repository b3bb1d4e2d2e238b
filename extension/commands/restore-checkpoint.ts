import * as vscode from 'vscode';
import * as z from 'zod';
import type { RestoredVariable } from '../../backend/protocol/checkpoint.ts';
import { CheckpointId, type CheckpointInfo, type SessionInfo } from '../../backend/protocol/client/index.ts';
import { SessionId } from '../../backend/protocol/values.ts';
import { languageById } from '../../backend/workers/index.ts';
import type { CheckpointReport } from '../client/checkpoints.ts';
import { plainText } from '../inline/visible.ts';
import { NothingToDo, UserError } from '../platform/user-error.ts';
import type { Services } from '../services.ts';
import { restoredReport } from '../views/checkpoints/reports.ts';
import { quotedName, restoredWords, storedWords } from '../views/checkpoints/words.ts';
import { namesInWords } from '../views/names-in-words.ts';
import { sessionChoice } from '../views/session-items.ts';
import { command } from './command.ts';
import { pickCheckpoint } from './pick-checkpoint.ts';
import { showPassing } from './show-passing.ts';

/** What is known already; the rest is asked. A foreign checkpoint is always asked for. */
const RestoreArgument = z.object({
  checkpointId: CheckpointId.optional(),
  sessionId: SessionId.optional(),
  names: z.array(z.string().min(1).max(1000)).min(1).max(10_000).optional(),
});

/** Merges the variables of a checkpoint, all or some, into a session of its language. */
export const restoreCheckpoint = command({
  id: 'holdfast.restoreCheckpoint',
  argument: RestoreArgument.optional().catch(undefined),
  async run(services, argument) {
    const { t } = vscode.l10n;
    const { sessions, checkpoints } = services;
    const named = argument?.sessionId === undefined ? undefined : sessions.get(argument.sessionId);
    const title = named ? t('Restore into {0}', plainText(named.name)) : t('Restore which checkpoint?');
    const checkpoint = await pickCheckpoint(checkpoints, argument?.checkpointId, title, named?.language);
    const names = argument?.names ?? (await pickNames(checkpoint, services));
    const trusted = checkpoint.foreign && (await allowForeign(checkpoint));
    const session = await target(checkpoint, named, services);
    const progress = {
      location: vscode.ProgressLocation.Window,
      title: t('Holdfast restores {0}', quotedName(checkpoint)),
    };
    const { sessionId } = session;
    const { checkpointId } = checkpoint;
    const restored = await vscode.window.withProgress(progress, () =>
      checkpoints.restore({ sessionId, checkpointId, names, trusted }),
    );
    // Not awaited: the command has ended, whether or not somebody answers the message.
    void tell(restored, session, services);
  },
});

/** @returns null for all of them. @throws CancellationError, NothingToDo */
async function pickNames(checkpoint: CheckpointInfo, { checkpoints }: Services): Promise<string[] | null> {
  const { t } = vscode.l10n;
  const { variables } = await checkpoints.read(checkpoint.checkpointId);
  const held = variables.filter(({ how }) => how !== 'not_stored');
  if (held.length === 0) throw new NothingToDo(t('Nothing is stored in {0}.', quotedName(checkpoint)));
  const missing = variables.length - held.length;
  const picked = await vscode.window.showQuickPick(
    held.map((variable) => ({
      label: plainText(variable.name),
      description: storedWords(variable),
      name: variable.name,
      picked: true,
    })),
    {
      title: t('Restore which variables of {0}?', quotedName(checkpoint)),
      placeHolder:
        missing === 0
          ? t('Other variables stay as they are')
          : t('Other variables stay as they are. Not stored: {0}', missing),
      canPickMany: true,
      matchOnDescription: true,
    },
  );
  if (!picked) throw new vscode.CancellationError();
  if (picked.length === 0) throw new NothingToDo(t('No variable was chosen.'));
  return picked.length === held.length ? null : picked.map(({ name }) => name);
}

/** @throws CancellationError when the person does not allow it */
async function allowForeign(checkpoint: CheckpointInfo): Promise<true> {
  const { t } = vscode.l10n;
  const allow = t('Allow Once');
  const question = t('Allow the checkpoint {0} to run its code?', quotedName(checkpoint));
  const detail = t(
    'It was not made in this workspace. Restoring it runs whatever code its maker put in: Python’s pickle executes code, and definitions are run again. Allow it only if you know where it comes from.',
  );
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, allow);
  if (chosen !== allow) throw new vscode.CancellationError();
  return true;
}

/** The session that was named, else the one that it was made of, else the only one of its language, else the one picked; a new one when there is none. */
async function target(
  { sessionId, language }: CheckpointInfo,
  named: SessionInfo | undefined,
  { sessions }: Services,
): Promise<SessionInfo> {
  const { t } = vscode.l10n;
  const { label } = languageById(language);
  if (named && named.language !== language)
    throw new UserError(t('{0} is no session of {1}: the checkpoint cannot be restored there.', named.name, label));
  const fitting = sessions.all().filter((session) => session.language === language);
  const own = named ?? fitting.find((session) => session.sessionId === sessionId);
  const found = own ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (found) return found;
  if (fitting.length === 0) return await sessions.started((await sessions.ensure(language, null)).sessionId);
  const picked = await vscode.window.showQuickPick(
    fitting.map((session) => ({ ...sessionChoice(session), session })),
    { title: t('Restore into which session?') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.session;
}

/** A message only when something is missing: then there is something to decide. */
async function tell(
  restored: CheckpointReport<RestoredVariable>,
  { name }: SessionInfo,
  { reports }: Services,
): Promise<void> {
  const { t } = vscode.l10n;
  const { checkpoint, variables } = restored;
  const from = t('From {0} into {1}: {2}', quotedName(checkpoint), plainText(name), restoredWords(variables));
  const lost = variables.filter(({ how }) => how === 'lost');
  if (lost.length === 0) {
    showPassing(from);
    return;
  }
  const show = t('Show What Was Restored');
  const message = `${from}. ${t('Not restored: {0}.', namesInWords(lost.map((variable) => variable.name)))}`;
  if ((await vscode.window.showWarningMessage(message, show)) === show)
    await reports.show(t('Restored from {0}', quotedName(checkpoint)), restoredReport(restored, name));
}
