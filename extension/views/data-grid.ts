import * as vscode from 'vscode';
import { unreachable } from '../../backend/protocol/unreachable.ts';
import type { FromGrid, ReadRows, ToGrid } from '../../media/grid-protocol.ts';
import type { Namespaces } from '../client/namespaces.ts';
import { exportCsv, type Refused, readTable, type SessionTarget } from '../client/read-table.ts';
import type { Values } from '../client/values.ts';
import { plainText } from '../inline/visible.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { showPage } from '../platform/html.ts';
import { Throttle } from '../platform/throttle.ts';
import { gridWords } from './grid-words.ts';
import { PageBridge } from './page-bridge.ts';
import { saveForm } from './save-form.ts';

const TYPE = 'holdfast.dataGrid';
const REFRESH_MS = 300;
const MAX_TITLE = 40;

export interface GridSources {
  readonly extensionUri: vscode.Uri;
  readonly values: Values;
  readonly namespaces: Namespaces;
  log(message: string): void;
}

/** Tables of sessions in editors, one for each value that was opened. */
export class DataGrids implements vscode.Disposable {
  readonly #sources: GridSources;
  readonly #open = new Map<string, { readonly editor: vscode.WebviewPanel; readonly grid: DataGrid }>();

  constructor(sources: GridSources) {
    this.#sources = sources;
  }

  /** Shows a value, in the editor that has it already when there is one. */
  show(value: SessionTarget): void {
    const key = JSON.stringify(value);
    const known = this.#open.get(key);
    if (known) {
      known.editor.reveal();
      return;
    }
    const title = plainText(nameOf(value)).slice(0, MAX_TITLE);
    const editor = vscode.window.createWebviewPanel(TYPE, title, vscode.ViewColumn.Active, {
      // Where the person has scrolled to, and what is selected, is known to the page alone.
      retainContextWhenHidden: true,
    });
    editor.iconPath = vscode.Uri.joinPath(this.#sources.extensionUri, 'media', 'icons', 'icon.png');
    const grid = new DataGrid(editor.webview, value, this.#sources);
    this.#open.set(key, { editor, grid });
    editor.onDidDispose(() => {
      grid.dispose();
      this.#open.delete(key);
    });
  }

  dispose(): void {
    for (const { editor } of [...this.#open.values()]) editor.dispose();
  }
}

/** One page with a table. It is asked for again when its session has run something. */
class DataGrid implements vscode.Disposable {
  readonly #sources: GridSources;
  readonly #value: SessionTarget;
  readonly #store = new DisposableStore();
  readonly #bridge: PageBridge<ToGrid, FromGrid>;

  constructor(webview: vscode.Webview, value: SessionTarget, sources: GridSources) {
    this.#sources = sources;
    this.#value = value;
    const receive = (message: FromGrid) => this.#receive(message);
    const schema = import('../../media/grid-protocol.ts').then(({ FromGrid }) => FromGrid);
    this.#bridge = this.#store.add(new PageBridge<ToGrid, FromGrid>(webview, schema, receive, sources.log));
    const changed = this.#store.add(
      new Throttle(REFRESH_MS, () => this.#bridge.ready && this.#bridge.send({ type: 'changed' })),
    );
    this.#store.add(sources.namespaces.onChanged((id) => id === value.sessionId && changed.request()));
    const title = vscode.l10n.t('Holdfast Data Grid');
    showPage(webview, sources.extensionUri, { script: 'grid.js', element: 'holdfast-grid', title });
  }

  dispose(): void {
    this.#store.dispose();
  }

  #receive(message: FromGrid): void {
    switch (message.type) {
      case 'ready':
        this.#bridge.send({ type: 'reset', words: gridWords(), name: nameOf(this.#value) });
        return;
      case 'read':
        void this.#read(message);
        return;
      case 'copy':
        void vscode.env.clipboard.writeText(message.text);
        return;
      case 'export':
        void this.#export(message);
        return;
      case 'error':
        this.#sources.log(`The page of a data grid failed: ${message.message}`);
        return;
      default:
        unreachable(message);
    }
  }

  async #read({ type, request, ...view }: ReadRows): Promise<void> {
    try {
      const page = await readTable(this.#sources.values, this.#value, { kind: 'table', ...view });
      if (page.status === 'table') {
        const { columns, totalColumns, totalRows, matchingRows, rows } = page;
        this.#bridge.send({ type: 'rows', request, columns, totalColumns, totalRows, matchingRows, rows });
      } else this.#bridge.send({ type: 'refused', request, message: refusalText(page) });
    } catch (error) {
      this.#bridge.send({ type: 'refused', request, message: error instanceof Error ? error.message : String(error) });
    }
  }

  async #export({ sort, filters }: Extract<FromGrid, { type: 'export' }>): Promise<void> {
    try {
      const answer = await exportCsv(this.#sources.values, this.#value, { sort, filters });
      if (answer.status !== 'exported') {
        void vscode.window.showWarningMessage(plainText(refusalText(answer)));
        return;
      }
      const name = this.#value.target.expression.replaceAll(/[^\w.-]+/g, '-').slice(0, 60) || 'table';
      const saved = await saveForm({ mime: 'text/csv', data: answer.data }, name);
      if (saved && answer.truncated) {
        void vscode.window.showWarningMessage(vscode.l10n.t('The table is too large: its first part was saved.'));
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#sources.log(`Saving a table failed: ${message}`);
      void vscode.window.showErrorMessage(plainText(message));
    }
  }
}

function nameOf({ target }: SessionTarget): string {
  return target.expression + target.path.map((position) => `[${position}]`).join('');
}

function refusalText(refused: Refused): string {
  if (refused.status === 'failed') return refused.message;
  const seconds = Math.max(0, Math.round((Date.now() - refused.since) / 1000));
  return vscode.l10n.t('The session has been busy for {0} s. The table is read when it is idle.', seconds);
}
