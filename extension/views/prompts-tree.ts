import * as vscode from 'vscode';
import type { Grants } from '../client/grants.ts';
import type { Prompts } from '../client/prompts.ts';
import type { Sessions } from '../client/sessions.ts';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import { grantItem, groupItem, levelItem, promptItem } from './prompts/items.ts';
import { type GroupId, type PromptsRow, promptRow } from './prompts/rows.ts';

const REFRESH_MS = 100;

export interface PromptsTreeSources {
  readonly prompts: Prompts;
  readonly grants: Grants;
  readonly sessions: Sessions;
}

/** The Prompts & Grants view: what programs ask, what they were allowed, and how much each session may do. */
export class PromptsTree implements vscode.TreeDataProvider<PromptsRow>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sources: PromptsTreeSources;
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #view: vscode.TreeView<PromptsRow>;
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#update()));

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(sources: PromptsTreeSources) {
    this.#sources = sources;
    this.#view = this.#store.add(vscode.window.createTreeView('holdfast.prompts', { treeDataProvider: this }));
    for (const { onChanged } of [sources.prompts, sources.grants, sources.sessions])
      this.#store.add(onChanged(() => this.#refresh.request()));
  }

  /** How many questions the badge counts. */
  get badge(): number {
    return this.#view.badge?.value ?? 0;
  }

  getChildren(row?: PromptsRow): PromptsRow[] {
    if (!row) {
      const groups: readonly GroupId[] = ['prompts', 'grants', 'levels'];
      return groups.filter((id) => this.#rowsOf(id).length > 0).map((id) => ({ kind: 'group', id }));
    }
    return row.kind === 'group' ? this.#rowsOf(row.id) : [];
  }

  getTreeItem(row: PromptsRow): vscode.TreeItem {
    switch (row.kind) {
      case 'group':
        return groupItem(row.id, this.#rowsOf(row.id).length);
      case 'prompt':
        return promptItem(row.prompt, this.#nameOf(row.prompt.sessionId));
      case 'grant':
        return grantItem(row.grant, this.#nameOf(row.grant.sessionId));
      case 'level':
        return levelItem(row.session);
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #rowsOf(id: GroupId): PromptsRow[] {
    const { prompts, grants, sessions } = this.#sources;
    switch (id) {
      case 'prompts':
        return prompts.all().map(promptRow);
      case 'grants':
        return grants.all().map((grant) => ({ kind: 'grant', grantId: grant.grantId, grant }));
      case 'levels':
        return sessions.all().map((session) => ({ kind: 'level', sessionId: session.sessionId, session }));
    }
  }

  #nameOf(sessionId: string | null): string | undefined {
    return sessionId === null ? undefined : this.#sources.sessions.get(sessionId)?.name;
  }

  #update(): void {
    const value = this.#sources.prompts.all().length;
    this.#view.badge = value === 0 ? undefined : { value, tooltip: waitingWords(value) };
    setContextKey('holdfast.hasGrants', this.#sources.grants.all().length > 0);
    this.#changed.fire();
  }
}

function waitingWords(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 question waits for an answer')
    : vscode.l10n.t('{0} questions wait for an answer', count);
}
