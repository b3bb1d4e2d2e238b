import * as vscode from 'vscode';
import { plainText } from '../inline/visible.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { actOnPage } from './page-actions.ts';
import { ResultsPage } from './results-page.ts';
import type { PageAction, ResultsSources } from './results-sources.ts';

const VIEW = 'holdfast.results';
const EDITOR = 'holdfast.resultsEditor';

/** Where results are shown: in the panel, and in an editor when the person opens one. */
export class ResultsView implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sources: ResultsSources;
  readonly #pageReady = this.#store.add(new vscode.EventEmitter<void>());
  #inPanel: ResultsPage | undefined;
  #editor: vscode.WebviewPanel | undefined;

  /** A page listens and has been sent everything. */
  readonly onPageReady = this.#pageReady.event;

  constructor(sources: ResultsSources) {
    this.#sources = sources;
    this.#store.add(vscode.window.registerWebviewViewProvider(VIEW, this));
    this.#store.add(vscode.window.registerWebviewPanelSerializer(EDITOR, this));
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#inPanel?.dispose();
    const page = this.#page(view.webview, 'panel');
    this.#inPanel = page;
    view.onDidChangeVisibility(() => {
      if (!view.visible) page.hidden();
    });
    view.onDidDispose(() => {
      page.dispose();
      if (this.#inPanel === page) this.#inPanel = undefined;
    });
  }

  /** Opens the panel, at an execution when one is named. The focus stays in the editor then. */
  async show(executionId?: string): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW}.focus`, { preserveFocus: executionId !== undefined });
    if (executionId !== undefined) this.#inPanel?.reveal(executionId);
  }

  /** Shows the results in an editor, too. */
  openInEditor(): void {
    if (this.#editor) {
      this.#editor.reveal();
      return;
    }
    const title = vscode.l10n.t('Holdfast Results');
    const editor = vscode.window.createWebviewPanel(EDITOR, title, vscode.ViewColumn.Active, {
      enableFindWidget: true,
    });
    this.#fill(editor);
  }

  /** After a reload of the window the editor is there again. */
  async deserializeWebviewPanel(editor: vscode.WebviewPanel): Promise<void> {
    this.#editor?.dispose();
    this.#fill(editor);
  }

  dispose(): void {
    this.#inPanel?.dispose();
    this.#editor?.dispose();
    this.#store.dispose();
  }

  #fill(editor: vscode.WebviewPanel): void {
    this.#editor = editor;
    editor.iconPath = vscode.Uri.joinPath(this.#sources.extensionUri, 'media', 'icons', 'icon.png');
    const page = this.#page(editor.webview, 'editor');
    editor.onDidDispose(() => {
      page.dispose();
      if (this.#editor === editor) this.#editor = undefined;
    });
  }

  #page(webview: vscode.Webview, host: 'panel' | 'editor'): ResultsPage {
    const sources = this.#sources;
    return new ResultsPage({
      sources,
      webview,
      host,
      act: (action) => void this.#act(action),
      ready: () => this.#pageReady.fire(),
    });
  }

  async #act(action: PageAction): Promise<void> {
    try {
      await actOnPage(action, this.#sources);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#sources.log(`${action.type} failed: ${message}`);
      void vscode.window.showErrorMessage(plainText(message));
    }
  }
}
