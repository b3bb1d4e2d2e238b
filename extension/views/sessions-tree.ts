import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import type { Sessions } from '../client/sessions.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';

const REFRESH_MS = 200;

/** What the version in a row is the version of. */
const RUNTIMES: Record<SessionInfo['language'], string> = { python: 'Python', javascript: 'Node.js' };

/** The Sessions view: what runs, with which interpreter, in how much memory. Its rows are session arguments of commands. */
export class SessionsTree implements vscode.TreeDataProvider<SessionInfo>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sessions: Sessions;
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#changed.fire()));

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.#store.add(sessions.onChanged(() => this.#refresh.request()));
    this.#store.add(vscode.window.createTreeView('holdfast.sessions', { treeDataProvider: this }));
  }

  getChildren(row?: SessionInfo): SessionInfo[] {
    return row ? [] : [...this.#sessions.all()];
  }

  getTreeItem(session: SessionInfo): vscode.TreeItem {
    const { sessionId, name, state, interpreter, memory, pid, exit, cwd } = session;
    const item = new vscode.TreeItem(name);
    item.id = sessionId;
    const runtime = `${RUNTIMES[session.language]} ${interpreter.version}`;
    item.description = [stateWord(session), runtime, memory === null ? '' : megabytes(memory)]
      .filter(Boolean)
      .join(' · ');
    item.iconPath = icon(state);
    item.contextValue = `session.${state}`;
    item.tooltip = [
      `${runtime} · ${interpreter.path}`,
      vscode.l10n.t('Found by: {0}', interpreter.origin),
      vscode.l10n.t('Folder: {0}', cwd),
      pid === null ? (exit ?? '') : vscode.l10n.t('Process {0}', pid),
    ]
      .filter((line) => line !== '')
      .join('\n');
    return item;
  }

  dispose(): void {
    this.#store.dispose();
  }
}

function stateWord({ state, queued }: SessionInfo): string {
  switch (state) {
    case 'starting':
      return vscode.l10n.t('starting');
    case 'idle':
      return vscode.l10n.t('idle');
    case 'busy':
      return queued > 0 ? vscode.l10n.t('running, {0} queued', queued) : vscode.l10n.t('running');
    case 'unresponsive':
      return vscode.l10n.t('not responding');
    case 'dead':
      return vscode.l10n.t('ended');
  }
}

function icon(state: SessionInfo['state']): vscode.ThemeIcon {
  if (state === 'dead') return new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
  return new vscode.ThemeIcon(state === 'idle' ? 'circle-outline' : 'sync~spin');
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MB`;
}
