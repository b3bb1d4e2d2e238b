import * as vscode from 'vscode';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Executions } from '../client/executions.ts';
import type { KnownVariable, Namespaces } from '../client/namespaces.ts';
import type { Sessions } from '../client/sessions.ts';
import type { Values } from '../client/values.ts';
import { codeBlock } from '../inline/code-block.ts';
import { valueText } from '../namespace/value-text.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import { arrange } from './namespace/arrange.ts';
import { BusyClock } from './namespace/busy.ts';
import { Children } from './namespace/children.ts';
import { VariableDecorations } from './namespace/decorations.ts';
import { childItem, moreItem, noteItem, sessionDescription, sessionItem, variableItem } from './namespace/items.ts';
import { Listing } from './namespace/listing.ts';
import type { NamespacePreferences } from './namespace/preferences.ts';
import type { NamespaceRow, SessionRow } from './namespace/rows.ts';

const REFRESH_MS = 80;
const TOOLTIP_MS = 500;

export interface NamespaceTreeSources {
  readonly sessions: Sessions;
  readonly executions: Executions;
  readonly namespaces: Namespaces;
  readonly values: Values;
  readonly preferences: NamespacePreferences;
}

/** A session in the tree: its row and what stands below it. */
interface Branch {
  readonly row: SessionRow;
  readonly listing: Listing;
  /** What its row said when it was drawn. */
  description: string;
  /** It could not be asked when it was last looked at. */
  busy: boolean;
}

/** The Namespace view: variables by session, and what is below them. Draws again only what has changed. */
export class NamespaceTree implements vscode.TreeDataProvider<NamespaceRow>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sources: NamespaceTreeSources;
  readonly #children: Children;
  readonly #branches = new Map<string, Branch>();
  /** Sessions whose variables are to be arranged again. */
  readonly #stale = new Set<string>();
  readonly #changed = this.#store.add(new vscode.EventEmitter<NamespaceRow[] | undefined>());
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#flush()));
  readonly #decorations = this.#store.add(new VariableDecorations((id) => this.#markOf(id)));
  readonly #view: vscode.TreeView<NamespaceRow>;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(sources: NamespaceTreeSources) {
    this.#sources = sources;
    this.#children = new Children(sources.values);
    const { sessions, executions, namespaces, preferences } = sources;
    this.#store.add(sessions.onChanged(() => this.#refresh.request()));
    this.#store.add(
      namespaces.onChanged((sessionId) => {
        this.#stale.add(sessionId);
        this.#refresh.request();
      }),
    );
    this.#store.add(preferences.onChanged(() => this.#arrangeAll()));
    this.#view = this.#store.add(
      vscode.window.createTreeView('holdfast.namespace', { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#store.add(this.#view.onDidCollapseElement(({ element }) => this.#children.forget(element.id)));
    this.#store.add(new BusyClock(this.#view, sessions, executions));
  }

  /** The row that has the focus, for commands that come from the keyboard. */
  get selected(): NamespaceRow | undefined {
    return this.#view.selection[0];
  }

  /** What the view says above its rows. */
  get message(): string {
    return this.#view.message ?? '';
  }

  async getChildren(row?: NamespaceRow): Promise<NamespaceRow[]> {
    if (!row) return [...this.#branches.values()].map((branch) => branch.row);
    switch (row.kind) {
      case 'session':
        return this.#variableRows(row);
      case 'variable':
      case 'child':
        return await this.#children.of(row);
      case 'more':
      case 'note':
        return [];
    }
  }

  getTreeItem(row: NamespaceRow): vscode.TreeItem {
    switch (row.kind) {
      case 'session': {
        const branch = this.#branches.get(row.sessionId);
        return sessionItem(row, this.#sources.sessions.get(row.sessionId)?.name ?? '', branch?.description ?? '');
      }
      case 'variable': {
        const session = this.#sources.sessions.get(row.sessionId);
        return variableItem(row, session !== undefined && this.#sources.preferences.isPinned(session, row.name));
      }
      case 'child':
        return childItem(row);
      case 'more':
        return moreItem(row);
      case 'note':
        return noteItem(row);
    }
  }

  /** The value in full is read when somebody points at its row. */
  async resolveTreeItem(item: vscode.TreeItem, row: NamespaceRow): Promise<vscode.TreeItem> {
    if (row.kind !== 'variable' && row.kind !== 'child') return item;
    const { sessionId, target } = row;
    const variable = row.kind === 'variable' ? row.known.variable : row.child.variable;
    const full = await this.#sources.values
      .inspect({ sessionId, target, start: 0, count: 0 }, { deadline: TOOLTIP_MS })
      .catch((error: unknown) => {
        // What is known from before will do where the session cannot look.
        if (error instanceof HoldfastError) return undefined;
        throw error;
      });
    // Not trusted, and the program's text in a code block: it can be no link.
    item.tooltip = new vscode.MarkdownString(codeBlock(valueText(variable, full?.text)));
    return item;
  }

  /** Draws the next page below a row. */
  async showMore(rowId: string): Promise<void> {
    const branch = this.#branches.get(rowId);
    const parent = this.#children.parent(rowId);
    if (branch) branch.listing.showMore();
    else if (parent) await this.#children.more(parent);
    const row = branch?.row ?? parent;
    if (row) this.#changed.fire([row]);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #arrangeAll(): void {
    for (const sessionId of this.#branches.keys()) this.#stale.add(sessionId);
    this.#flush();
    // Pins change what a row looks like and not what is known of its variable.
    this.#changed.fire(undefined);
  }

  /** Takes over what has changed since the last time, and has just that drawn. */
  #flush(): void {
    const isNew = this.#updateBranches();
    const redrawn = [...this.#branches.values()].flatMap((branch) => this.#updateBranch(branch));
    this.#stale.clear();
    this.#updateMessage();
    if (isNew) this.#changed.fire(undefined);
    else if (redrawn.length > 0) this.#changed.fire(redrawn);
  }

  /** An empty tree shows the welcome text, so sessions without a variable stay out of it. @returns whether any came or went. */
  #updateBranches(): boolean {
    const { sessions, namespaces } = this.#sources;
    const ids = new Set(
      sessions.all().flatMap(({ sessionId }) => (namespaces.total(sessionId) > 0 ? [sessionId] : [])),
    );
    let changed = false;
    for (const sessionId of this.#branches.keys()) {
      if (ids.has(sessionId)) continue;
      this.#branches.delete(sessionId);
      this.#children.forget(sessionId);
      changed = true;
    }
    for (const sessionId of ids) {
      if (this.#branches.has(sessionId)) continue;
      const row: SessionRow = { kind: 'session', id: sessionId, sessionId };
      this.#branches.set(sessionId, { row, listing: new Listing(sessionId), description: '', busy: false });
      this.#stale.add(sessionId);
      changed = true;
    }
    return changed;
  }

  /** @returns the rows to draw again. */
  #updateBranch(branch: Branch): NamespaceRow[] {
    const { sessions, namespaces, preferences } = this.#sources;
    const { row, listing } = branch;
    const session = sessions.get(row.sessionId);
    if (!session) return [];
    const redrawn: NamespaceRow[] = [];
    let order = false;
    if (this.#stale.has(row.sessionId)) {
      const changes = listing.update(arrange(namespaces.variables(row.sessionId), preferences.of(session)));
      for (const { id } of changes.values) this.#children.forget(id);
      this.#decorations.refresh(changes.rows.map(({ id }) => id));
      redrawn.push(...changes.rows);
      order = changes.order;
    }
    const busy = session.state === 'busy' || session.state === 'unresponsive';
    if (branch.busy && !busy) redrawn.push(...this.#children.forgetProblems(row.sessionId));
    branch.busy = busy;
    const description = sessionDescription(session, namespaces.total(row.sessionId), listing.size);
    if (!order && description === branch.description) return redrawn;
    branch.description = description;
    // Drawing a session draws everything below it.
    return [row];
  }

  #variableRows({ id, sessionId }: SessionRow): NamespaceRow[] {
    const branch = this.#branches.get(sessionId);
    if (!branch) return [];
    const rows: NamespaceRow[] = [...branch.listing.rows];
    const rest = branch.listing.size - rows.length;
    if (rest > 0) rows.push({ kind: 'more', id: `${id}/more`, parent: branch.row, rest });
    const unknown = this.#sources.namespaces.unknown(sessionId);
    if (rest === 0 && unknown > 0) {
      const text = vscode.l10n.t('{0} more that are not listed', unknown);
      rows.push({ kind: 'note', id: `${id}/unknown`, text, icon: 'info' });
    }
    return rows;
  }

  #markOf(id: string): KnownVariable['mark'] {
    return this.#branches.get(id.split('/', 1)[0] ?? '')?.listing.row(id)?.known.mark ?? null;
  }

  #updateMessage(): void {
    const { filter } = this.#sources.preferences;
    const branches = [...this.#branches.values()];
    const shown = branches.reduce((sum, { listing }) => sum + listing.size, 0);
    const total = branches.reduce((sum, { row }) => sum + this.#sources.namespaces.total(row.sessionId), 0);
    const text = filter === '' ? '' : vscode.l10n.t('Filter “{0}”: {1} of {2} variables', filter, shown, total);
    if (text !== this.message) this.#view.message = text;
  }
}
