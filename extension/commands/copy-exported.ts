import * as vscode from 'vscode';
import { MAX_EXPORT_BYTES } from '../../backend/protocol/inspection.ts';
import { refusal } from '../namespace/refusal.ts';
import { UserError } from '../platform/user-error.ts';
import type { Services } from '../services.ts';
import type { ValueArgument } from './namespace-arguments.ts';
import { pickSession } from './pick-session.ts';

/** Copies a whole value in a format. @throws UserError when its session is busy or the value has no such form */
export async function copyExported(
  { sessions, values }: Services,
  { sessionId, target }: ValueArgument,
  format: 'text' | 'json' | 'csv',
): Promise<void> {
  const session = await pickSession(sessions, sessionId);
  const { outcome, payload } = await vscode.window.withProgress({ location: { viewId: 'holdfast.namespace' } }, () =>
    values.read(sessionId, target, { kind: 'export', format }),
  );
  const { t } = vscode.l10n;
  switch (outcome.status) {
    case 'exported':
      await vscode.env.clipboard.writeText(new TextDecoder().decode(payload));
      if (outcome.truncated) {
        const limit = MAX_EXPORT_BYTES / 1024 ** 2;
        vscode.window.setStatusBarMessage(t('Only the first {0} MiB of the value were copied.', limit), 5000);
      }
      return;
    case 'table':
      throw new UserError(t('The session answered with a table where text was asked for.'));
    default:
      throw refusal(outcome, session, vscode.l10n);
  }
}
