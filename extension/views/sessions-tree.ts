import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import type { BackgroundTask } from '../../backend/protocol/values.ts';
import type { Executions } from '../client/executions.ts';
import type { Sessions } from '../client/sessions.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import { runtimeOf, sessionSummary, stateIcon } from './session-words.ts';
import { taskDescription } from './task-description.ts';

const REFRESH_MS = 200;

/** A row. Its fields are what commands take as their argument. */
type Row =
  | { readonly kind: 'session'; readonly sessionId: string; readonly session: SessionInfo }
  | { readonly kind: 'waiting'; readonly sessionId: string; readonly executionId: string }
  | { readonly kind: 'task'; readonly sessionId: string; readonly taskId: number; readonly task: BackgroundTask }
  | { readonly kind: 'more'; readonly sessionId: string; readonly id: string; readonly count: number };

/** The Sessions & Tasks view: what runs, with which interpreter, in how much memory; below that what waits and what goes on in the background. */
export class SessionsTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sessions: Sessions;
  readonly #executions: Executions;
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#changed.fire()));

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(sessions: Sessions, executions: Executions) {
    this.#sessions = sessions;
    this.#executions = executions;
    this.#store.add(sessions.onChanged(() => this.#refresh.request()));
    this.#store.add(vscode.window.createTreeView('holdfast.sessions', { treeDataProvider: this }));
  }

  getChildren(row?: Row): Row[] {
    if (!row)
      return this.#sessions.all().map((session) => ({ kind: 'session', sessionId: session.sessionId, session }));
    if (row.kind !== 'session') return [];
    const { sessionId, waiting, queued, tasks, totalTasks } = row.session;
    return [
      ...waiting.map((executionId): Row => ({ kind: 'waiting', sessionId, executionId })),
      ...more(sessionId, 'waiting', queued - waiting.length),
      ...tasks.map((task): Row => ({ kind: 'task', sessionId, taskId: task.taskId, task })),
      ...more(sessionId, 'tasks', totalTasks - tasks.length),
    ];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    switch (row.kind) {
      case 'session':
        return sessionItem(row.session);
      case 'waiting':
        return this.#waitingItem(row.executionId);
      case 'task':
        return taskItem(row.sessionId, row.task);
      case 'more': {
        const item = new vscode.TreeItem(vscode.l10n.t('… and {0} more', row.count));
        item.id = `${row.sessionId} ${row.id}`;
        return item;
      }
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #waitingItem(executionId: string): vscode.TreeItem {
    const execution = this.#executions.get(executionId);
    const item = new vscode.TreeItem(execution?.title || vscode.l10n.t('A cell'));
    item.id = executionId;
    if (execution?.source) item.description = vscode.l10n.t('waits, line {0}', execution.source.line);
    item.iconPath = new vscode.ThemeIcon('clock');
    item.contextValue = 'waiting';
    return item;
  }
}

function more(sessionId: string, id: string, count: number): Row[] {
  return count > 0 ? [{ kind: 'more', sessionId, id, count }] : [];
}

function sessionItem(session: SessionInfo): vscode.TreeItem {
  const { sessionId, name, state, interpreter, pid, exit, cwd, waiting, tasks, level, floor } = session;
  const hasRows = waiting.length + tasks.length > 0;
  const { Expanded, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(name, hasRows ? Expanded : None);
  item.id = sessionId;
  item.description = sessionSummary(session, vscode.l10n);
  item.iconPath = icon(state);
  item.contextValue = `session.${state}`;
  item.tooltip = [
    `${runtimeOf(session)} · ${interpreter.path}`,
    vscode.l10n.t('Found by: {0}', interpreter.origin),
    vscode.l10n.t('Folder: {0}', cwd),
    vscode.l10n.t('Security level: {0}', level),
    floor === null ? '' : vscode.l10n.t('The system enforces: {0}', floor),
    exit ?? '',
    pid === null ? '' : vscode.l10n.t('Process {0}', pid),
  ]
    .filter((line) => line !== '')
    .join('\n');
  return item;
}

function taskItem(sessionId: string, task: BackgroundTask): vscode.TreeItem {
  const item = new vscode.TreeItem(task.name);
  item.id = `${sessionId} task ${task.taskId}`;
  item.description = taskDescription(task);
  item.iconPath = new vscode.ThemeIcon(task.kind === 'timer' ? 'watch' : 'sync');
  item.contextValue = 'task';
  return item;
}

function icon(state: SessionInfo['state']): vscode.ThemeIcon {
  const color = state === 'dead' ? 'Error' : state === 'unresponsive' ? 'Warning' : undefined;
  return new vscode.ThemeIcon(
    stateIcon(state),
    color ? new vscode.ThemeColor(`problems${color}Icon.foreground`) : undefined,
  );
}
