import * as vscode from 'vscode';
import type { Prompts } from '../client/prompts.ts';
import type { Sessions } from '../client/sessions.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import { promptItem } from './prompts/items.ts';
import { type PromptsRow, promptRow } from './prompts/rows.ts';

const REFRESH_MS = 100;

/** The Prompts & Grants view: what programs ask, what they were allowed, and how much each session may do. */
export class PromptsTree implements vscode.TreeDataProvider<PromptsRow>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #prompts: Prompts;
  readonly #sessions: Sessions;
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #view: vscode.TreeView<PromptsRow>;
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#update()));

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(prompts: Prompts, sessions: Sessions) {
    this.#prompts = prompts;
    this.#sessions = sessions;
    this.#view = this.#store.add(vscode.window.createTreeView('holdfast.prompts', { treeDataProvider: this }));
    this.#store.add(prompts.onChanged(() => this.#refresh.request()));
    this.#store.add(sessions.onChanged(() => this.#refresh.request()));
  }

  /** How many questions the badge counts. */
  get badge(): number {
    return this.#view.badge?.value ?? 0;
  }

  getChildren(row?: PromptsRow): PromptsRow[] {
    if (!row) return this.#prompts.all().length > 0 ? [{ kind: 'group', id: 'prompts' }] : [];
    if (row.kind !== 'group') return [];
    return this.#prompts.all().map(promptRow);
  }

  getTreeItem(row: PromptsRow): vscode.TreeItem {
    switch (row.kind) {
      case 'group': {
        const item = new vscode.TreeItem(vscode.l10n.t('Waiting'), vscode.TreeItemCollapsibleState.Expanded);
        item.id = row.id;
        item.description = String(this.#prompts.all().length);
        return item;
      }
      case 'prompt': {
        const name = this.#sessions.get(row.prompt.sessionId)?.name;
        return promptItem(row.prompt, name);
      }
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const value = this.#prompts.all().length;
    this.#view.badge = value === 0 ? undefined : { value, tooltip: waitingWords(value) };
    this.#changed.fire();
  }
}

function waitingWords(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 question waits for an answer')
    : vscode.l10n.t('{0} questions wait for an answer', count);
}
