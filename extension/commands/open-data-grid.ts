import * as vscode from 'vscode';
import * as z from 'zod';
import { Target } from '../../backend/protocol/inspection.ts';
import { SessionId } from '../../backend/protocol/values.ts';
import { sessionOfActiveEditor } from '../client/session-of-editor.ts';
import { UserError } from '../platform/user-error.ts';
import { command } from './command.ts';

/** Names a value of a session; rows of the namespace view can be made to have this shape. */
const ValueArgument = z.object({ sessionId: SessionId, target: Target });

/** Shows a value as a table: the one that is named, else one that is picked from the session of the active editor. */
export const openDataGrid = command({
  id: 'holdfast.openDataGrid',
  argument: ValueArgument.optional().catch(undefined),
  async run({ sessions, namespaces, dataGrids }, argument) {
    if (argument) {
      dataGrids.show(argument);
      return;
    }
    const session = sessionOfActiveEditor(sessions) ?? sessions.all()[0];
    const tables = session ? namespaces.of(session.sessionId).variables.filter(({ tabular }) => tabular) : [];
    if (!session || tables.length === 0) throw new UserError(vscode.l10n.t('No variable holds a table.'));
    const picked = await vscode.window.showQuickPick(
      tables.map(({ name, type, preview }) => ({ label: name, description: type, detail: preview })),
      { placeHolder: vscode.l10n.t('Open which variable in the data grid?') },
    );
    if (!picked) return;
    dataGrids.show({ sessionId: session.sessionId, target: { expression: picked.label, path: [] } });
  },
});
