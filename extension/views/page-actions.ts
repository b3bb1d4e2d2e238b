import * as vscode from 'vscode';
import { unreachable } from '../../backend/protocol/unreachable.ts';
import { checkedLink } from './checked-link.ts';
import type { PageAction, ResultsSources } from './results-sources.ts';
import { revealFrame, revealSource } from './reveal-source.ts';
import { saveForm } from './save-form.ts';

/** Does what the person asked for in a page. @throws what VS Code throws */
export async function actOnPage(action: PageAction, sources: ResultsSources): Promise<unknown> {
  const { executions, inline } = sources;
  const run = (command: string) =>
    vscode.commands.executeCommand(command, 'id' in action && { executionId: action.id });
  switch (action.type) {
    case 'reveal_source':
      return revealSource(executions.get(action.id), inline);
    case 'reveal_frame':
      return revealFrame(executions.get(action.id), action.frame, inline);
    case 'copy':
      return run('holdfast.copyValue');
    case 'cancel':
      return run('holdfast.cancelExecution');
    case 'rerun':
      return run('holdfast.rerun');
    case 'save':
      return run('holdfast.saveResult');
    case 'open_output':
      return run('holdfast.openOutput');
    case 'open_table': {
      const { sessionId, table } = executions.get(action.id) ?? {};
      const target = { expression: table ?? '', path: [] };
      return sessionId && table && vscode.commands.executeCommand('holdfast.openDataGrid', { sessionId, target });
    }
    case 'pop_out':
      return run('holdfast.openResultsInEditor');
    case 'save_content': {
      const form = executions.displays.form(action.id, action.key, action.mime);
      return form && saveForm(form);
    }
    case 'copy_content': {
      const form = executions.displays.form(action.id, action.key, action.mime);
      return form && vscode.env.clipboard.writeText(new TextDecoder().decode(form.data));
    }
    case 'open_link': {
      const link = checkedLink(action.url);
      // VS Code itself asks before it opens an address that is not trusted.
      return link !== null && vscode.env.openExternal(vscode.Uri.parse(link, true));
    }
    case 'open_grid':
      return vscode.commands.executeCommand('holdfast.openDataGrid', {
        sessionId: action.sessionId,
        target: action.target,
      });
    case 'clear':
      return executions.clear();
    default:
      return unreachable(action);
  }
}
