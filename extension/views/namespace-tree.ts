import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import type { Variable } from '../../backend/protocol/values.ts';
import type { Namespaces } from '../client/namespaces.ts';
import type { Sessions } from '../client/sessions.ts';
import { codeBlock } from '../inline/code-block.ts';
import { visible } from '../inline/visible.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';

const REFRESH_MS = 80;

/** A session, with its variables below it. Passed to commands of its context menu. */
interface SessionRow {
  readonly kind: 'session';
  readonly sessionId: string;
  readonly session: SessionInfo;
}
interface VariableRow {
  readonly kind: 'variable';
  readonly sessionId: string;
  readonly variable: Variable;
}
/** Says that not all are shown. */
interface RestRow {
  readonly kind: 'rest';
  readonly sessionId: string;
  readonly hidden: number;
}
export type NamespaceRow = SessionRow | VariableRow | RestRow;

const ICONS: Record<Variable['kind'], string> = {
  value: 'symbol-variable',
  module: 'symbol-namespace',
  function: 'symbol-method',
  class: 'symbol-class',
};

/** The Namespace view: variables by session. */
export class NamespaceTree implements vscode.TreeDataProvider<NamespaceRow>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sessions: Sessions;
  readonly #namespaces: Namespaces;
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#changed.fire()));

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(sessions: Sessions, namespaces: Namespaces) {
    this.#sessions = sessions;
    this.#namespaces = namespaces;
    this.#store.add(sessions.onChanged(() => this.#refresh.request()));
    this.#store.add(namespaces.onChanged(() => this.#refresh.request()));
    this.#store.add(
      vscode.window.createTreeView('holdfast.namespace', { treeDataProvider: this, showCollapseAll: true }),
    );
  }

  getChildren(row?: NamespaceRow): NamespaceRow[] {
    if (!row) {
      // An empty tree shows the welcome text, so sessions without a variable stay out of it.
      const named = this.#sessions.all().filter(({ sessionId }) => this.#namespaces.of(sessionId).total > 0);
      return named.map((session) => ({ kind: 'session', sessionId: session.sessionId, session }));
    }
    if (row.kind !== 'session') return [];
    const { sessionId } = row;
    const { variables, total } = this.#namespaces.of(sessionId);
    const rows: NamespaceRow[] = variables.map((variable) => ({ kind: 'variable', sessionId, variable }));
    if (total > variables.length) rows.push({ kind: 'rest', sessionId, hidden: total - variables.length });
    return rows;
  }

  getTreeItem(row: NamespaceRow): vscode.TreeItem {
    switch (row.kind) {
      case 'session':
        return sessionItem(row.session);
      case 'variable':
        return variableItem(row);
      case 'rest':
        return new vscode.TreeItem(vscode.l10n.t('{0} more', row.hidden));
    }
  }

  dispose(): void {
    this.#store.dispose();
  }
}

function sessionItem({ sessionId, name, state, variables }: SessionInfo): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = sessionId;
  const count = variables === 1 ? vscode.l10n.t('1 variable') : vscode.l10n.t('{0} variables', variables);
  // While code runs the view shows what it last knew.
  item.description = state === 'busy' ? vscode.l10n.t('{0} · running', count) : count;
  item.iconPath = new vscode.ThemeIcon('server-process');
  item.contextValue = 'session';
  return item;
}

function variableItem({ sessionId, variable }: VariableRow): vscode.TreeItem {
  const { name, kind, preview } = variable;
  const item = new vscode.TreeItem(visible(name));
  item.id = `${sessionId}/${name}`;
  item.description = `${typeOf(variable)}  ${visible(preview)}`;
  item.iconPath = new vscode.ThemeIcon(ICONS[kind]);
  item.contextValue = 'variable';
  // Not trusted, and the program's text in a code block: it can be no link.
  item.tooltip = new vscode.MarkdownString(codeBlock(`${name}: ${typeOf(variable)}\n${preview}`));
  return item;
}

/** For example `int`, `list (3)`, `ndarray (2 × 3)`. */
export function typeOf({ type, length, shape }: Variable): string {
  const size = shape ? shape.join(' × ') : length;
  return size === null ? visible(type) : `${visible(type)} (${size})`;
}
