import * as vscode from 'vscode';
import { unreachable } from '../../backend/protocol/unreachable.ts';
import { FromPage, type NamespacePart, type OutputPart, type ToPage } from '../../media/protocol.ts';
import type { Execution } from '../client/execution.ts';
import type { Executions } from '../client/executions.ts';
import type { Namespaces } from '../client/namespaces.ts';
import type { Sessions } from '../client/sessions.ts';
import type { InlineResults } from '../inline/inline-results.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { pageHtml } from '../platform/html.ts';
import { Throttle } from '../platform/throttle.ts';
import { PageBridge } from './page-bridge.ts';
import { pageWords } from './page-words.ts';
import { resultItem } from './result-items.ts';

const VIEW = 'holdfast.results';
const REFRESH_MS = 100;

export interface ResultsSources {
  readonly extensionUri: vscode.Uri;
  readonly executions: Executions;
  readonly sessions: Sessions;
  readonly namespaces: Namespaces;
  readonly inline: InlineResults;
  log(message: string): void;
}

/** The results panel: hosts its page and keeps it up to date. Everything is held here, so that the page may come and go. */
export class ResultsView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sources: ResultsSources;
  /** Executions that changed since the page was told, and how much of their output it has. */
  readonly #changed = new Set<string>();
  readonly #sent = new Map<string, number>();
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#flush()));
  readonly #pageReady = this.#store.add(new vscode.EventEmitter<void>());
  #namespacesChanged = false;
  #bridge: PageBridge<ToPage, FromPage> | undefined;

  /** The page listens and has been sent everything. */
  readonly onPageReady = this.#pageReady.event;

  constructor(sources: ResultsSources) {
    this.#sources = sources;
    const { executions, namespaces, sessions } = sources;
    this.#store.add(executions.onChanged(({ id }) => this.#request(id)));
    this.#store.add(executions.onOutput(({ id }) => this.#request(id)));
    this.#store.add(executions.onRemoved((ids) => this.#removed(ids)));
    this.#store.add(namespaces.onChanged(() => this.#requestNamespaces()));
    this.#store.add(sessions.onChanged(() => this.#requestNamespaces()));
    this.#store.add(vscode.window.registerWebviewViewProvider(VIEW, this));
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const root = vscode.Uri.joinPath(this.#sources.extensionUri, 'dist', 'webview');
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    const bridge = new PageBridge<ToPage, FromPage>(
      webview,
      FromPage,
      (message) => this.#receive(message),
      (message) => this.#sources.log(message),
    );
    this.#bridge?.dispose();
    this.#bridge = bridge;
    view.onDidDispose(() => {
      bridge.dispose();
      if (this.#bridge === bridge) this.#bridge = undefined;
    });
    webview.html = pageHtml(webview, vscode.Uri.joinPath(root, 'results.js'), vscode.l10n.t('Holdfast Results'));
  }

  /** Opens the panel, at an execution when one is named. The focus stays in the editor then. */
  async show(executionId?: string): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW}.focus`, { preserveFocus: executionId !== undefined });
    if (executionId !== undefined) this.#bridge?.send({ type: 'reveal', id: executionId });
  }

  dispose(): void {
    this.#bridge?.dispose();
    this.#store.dispose();
  }

  #receive(message: FromPage): void {
    const { executions, log } = this.#sources;
    switch (message.type) {
      case 'ready':
        this.#reset();
        return;
      case 'reveal_source':
        void this.#revealSource(executions.get(message.id));
        return;
      case 'copy':
        void vscode.commands.executeCommand('holdfast.copyValue', { executionId: message.id });
        return;
      case 'cancel':
        void vscode.commands.executeCommand('holdfast.cancelExecution', { executionId: message.id });
        return;
      case 'clear':
        executions.clear();
        return;
      case 'error':
        log(`The results page failed: ${message.message}`);
        return;
      default:
        unreachable(message);
    }
  }

  #reset(): void {
    const { executions } = this.#sources;
    this.#sent.clear();
    this.#changed.clear();
    const items = executions.all().map((execution) => resultItem(execution, vscode.l10n));
    this.#bridge?.send({ type: 'reset', words: pageWords(), items, namespaces: this.#namespaces() });
    this.#sendOutput(executions.all());
    this.#pageReady.fire();
  }

  #request(id: string): void {
    this.#changed.add(id);
    this.#refresh.request();
  }

  #requestNamespaces(): void {
    this.#namespacesChanged = true;
    this.#refresh.request();
  }

  #removed(ids: readonly string[]): void {
    for (const id of ids) this.#sent.delete(id);
    if (this.#bridge?.ready) this.#bridge.send({ type: 'removed', ids });
  }

  /** Without a page that listens nothing is kept: it is sent everything when it comes. */
  #flush(): void {
    const { executions } = this.#sources;
    const changed = [...this.#changed].flatMap((id) => executions.get(id) ?? []);
    this.#changed.clear();
    if (!this.#bridge?.ready) return;
    if (changed.length > 0) {
      this.#bridge.send({ type: 'items', items: changed.map((execution) => resultItem(execution, vscode.l10n)) });
      this.#sendOutput(changed);
    }
    if (this.#namespacesChanged) this.#bridge.send({ type: 'namespaces', namespaces: this.#namespaces() });
    this.#namespacesChanged = false;
  }

  #sendOutput(executions: readonly Execution[]): void {
    const parts: OutputPart[] = [];
    for (const { id, output } of executions) {
      const sent = this.#sent.get(id) ?? 0;
      if (output.total === sent) continue;
      this.#sent.set(id, output.total);
      const added = output.since(sent);
      if (added) parts.push({ id, replace: sent === 0, head: added, cut: 0, tail: [] });
      else parts.push({ id, replace: true, ...output.kept() });
    }
    if (parts.length > 0) this.#bridge?.send({ type: 'output', parts });
  }

  #namespaces(): NamespacePart[] {
    const { sessions, namespaces } = this.#sources;
    return sessions.all().map(({ sessionId, name, state }) => {
      return { sessionId, name, busy: state === 'busy', ...namespaces.of(sessionId) };
    });
  }

  async #revealSource(execution: Execution | undefined): Promise<void> {
    if (!execution?.source) return;
    const found = this.#sources.inline.locate(execution.id);
    const uri = found?.uri ?? (execution.source.path === null ? undefined : vscode.Uri.file(execution.source.path));
    if (!uri) return;
    const line = execution.source.line - 1;
    try {
      await vscode.window.showTextDocument(uri, { selection: found?.range ?? new vscode.Range(line, 0, line, 0) });
    } catch (error) {
      this.#sources.log(`${uri.toString()} cannot be shown: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
