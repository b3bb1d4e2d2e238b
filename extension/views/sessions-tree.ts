import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import type { BackgroundTask } from '../../backend/protocol/values.ts';
import type { Checkpoints } from '../client/checkpoints.ts';
import type { Durability } from '../client/durability.ts';
import type { Executions } from '../client/executions.ts';
import type { KeptSteps } from '../client/kept-steps.ts';
import type { Sessions } from '../client/sessions.ts';
import { plainText } from '../inline/visible.ts';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import { checkpointRowItem } from './checkpoints/items.ts';
import { CHECKPOINTS, type CheckpointRow, checkpointRow, storedRows } from './checkpoints/rows.ts';
import { runtimeOf, sessionSummary, stateIcon } from './session-words.ts';
import { stepRowItem } from './steps/items.ts';
import { STEPS, type StepRow, stepCellRow, stepRows } from './steps/rows.ts';
import { taskDescription } from './task-description.ts';
import { unlistedWords } from './unlisted-words.ts';

const REFRESH_MS = 200;

/** A row. Its fields are what commands take as their argument. */
export type SessionsRow =
  | CheckpointRow
  | StepRow
  | { readonly kind: 'session'; readonly sessionId: string; readonly session: SessionInfo }
  | { readonly kind: 'waiting'; readonly sessionId: string; readonly executionId: string }
  | { readonly kind: 'task'; readonly sessionId: string; readonly taskId: number; readonly task: BackgroundTask }
  | { readonly kind: 'more'; readonly sessionId: string; readonly id: string; readonly count: number };

export interface SessionsTreeSources {
  readonly sessions: Sessions;
  readonly executions: Executions;
  readonly checkpoints: Checkpoints;
  readonly keptSteps: KeptSteps;
  readonly durability: Durability;
}

/** The Sessions & Tasks view: what runs, with which interpreter, in how much memory; below that what waits and what goes on in the
 * background. Checkpoints and finished steps outlive their sessions, so they have groups of their own. */
export class SessionsTree implements vscode.TreeDataProvider<SessionsRow>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sessions: Sessions;
  readonly #executions: Executions;
  readonly #checkpoints: Checkpoints;
  readonly #keptSteps: KeptSteps;
  readonly #changed = this.#store.add(new vscode.EventEmitter<readonly SessionsRow[] | undefined>());
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#update()));
  /** The rows at the top as VS Code knows them. */
  #shown: readonly SessionsRow[] = [];

  readonly onDidChangeTreeData = this.#changed.event as vscode.Event<SessionsRow[] | undefined>;

  constructor({ sessions, executions, checkpoints, keptSteps, durability }: SessionsTreeSources) {
    this.#sessions = sessions;
    this.#executions = executions;
    this.#checkpoints = checkpoints;
    this.#keptSteps = keptSteps;
    this.#store.add(sessions.onChanged(() => this.#refresh.request()));
    this.#store.add(checkpoints.onChanged(() => this.#checkpointsChanged()));
    this.#store.add(keptSteps.onChanged(() => this.#stepsChanged()));
    const view = this.#store.add(vscode.window.createTreeView('holdfast.sessions', { treeDataProvider: this }));
    this.#store.add(durability.onChanged(() => setMessage(view, durability.failure)));
  }

  getChildren(row?: SessionsRow): SessionsRow[] | Promise<SessionsRow[]> {
    switch (row?.kind) {
      case undefined:
        this.#shown = this.#top();
        return [...this.#shown];
      case 'session':
        return rowsOf(this.#sessions.get(row.sessionId) ?? row.session);
      case 'checkpoints':
        return this.#checkpoints.all().map(checkpointRow);
      case 'checkpoint':
        return this.#checkpoints.contents(row.checkpointId).then((all) => storedRows(row.checkpointId, all));
      case 'steps':
        return this.#keptSteps.cells().map(stepCellRow);
      case 'stepCell':
        return stepRows(row.cell);
      default:
        return [];
    }
  }

  getTreeItem(row: SessionsRow): vscode.TreeItem {
    switch (row.kind) {
      case 'session':
        return sessionItem(this.#sessions.get(row.sessionId) ?? row.session);
      case 'waiting':
        return this.#waitingItem(row.executionId);
      case 'task':
        return taskItem(row.sessionId, row.task);
      case 'more': {
        const item = new vscode.TreeItem(unlistedWords(row.count));
        item.id = `${row.sessionId} ${row.id}`;
        return item;
      }
      case 'steps':
      case 'stepCell':
      case 'step':
      case 'moreSteps':
        return stepRowItem(
          row,
          this.#keptSteps.cells().reduce((sum, { steps }) => sum + steps.length, 0),
        );
      default:
        return checkpointRowItem(row, this.#checkpoints.all().length);
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** Rows that are there already stay the same objects. */
  #top(): SessionsRow[] {
    const known = new Map(this.#shown.map((row) => [row.kind === 'session' ? row.sessionId : row.kind, row]));
    return [
      ...this.#sessions.all().map((session) => known.get(session.sessionId) ?? sessionRow(session)),
      ...(this.#checkpoints.all().length > 0 ? [CHECKPOINTS] : []),
      ...(this.#keptSteps.cells().length > 0 ? [STEPS] : []),
    ];
  }

  /**
   * Sessions change every second: only their rows are read again then. While a row is read again VS Code calls the commands of those
   * below it without it.
   */
  #update(): void {
    const top = this.#top();
    const isSame = top.length === this.#shown.length && top.every((row, index) => row === this.#shown[index]);
    this.#changed.fire(isSame ? top.filter(({ kind }) => kind === 'session') : undefined);
  }

  #checkpointsChanged(): void {
    setContextKey('holdfast.hasCheckpoints', this.#checkpoints.all().length > 0);
    if (this.#shown.includes(CHECKPOINTS)) this.#changed.fire([CHECKPOINTS]);
    this.#refresh.request();
  }

  #stepsChanged(): void {
    if (this.#shown.includes(STEPS)) this.#changed.fire([STEPS]);
    this.#refresh.request();
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

/** @param failure why nothing is kept on disk */
function setMessage(view: vscode.TreeView<SessionsRow>, failure: string | null): void {
  view.message = failure === null ? '' : vscode.l10n.t('What runs is not kept. {0}', plainText(failure));
}

function sessionRow(session: SessionInfo): SessionsRow {
  return { kind: 'session', sessionId: session.sessionId, session };
}

function rowsOf({ sessionId, waiting, queued, tasks, totalTasks }: SessionInfo): SessionsRow[] {
  return [
    ...waiting.map((executionId): SessionsRow => ({ kind: 'waiting', sessionId, executionId })),
    ...more(sessionId, 'waiting', queued - waiting.length),
    ...tasks.map((task): SessionsRow => ({ kind: 'task', sessionId, taskId: task.taskId, task })),
    ...more(sessionId, 'tasks', totalTasks - tasks.length),
  ];
}

function more(sessionId: string, id: string, count: number): SessionsRow[] {
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
