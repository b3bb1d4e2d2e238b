import * as vscode from 'vscode';
import type { FromPage, NamespacePart, OutputPart, ToPage } from '../../media/protocol.ts';
import type { Execution } from '../client/execution.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { showPage } from '../platform/html.ts';
import { Throttle } from '../platform/throttle.ts';
import { PageBridge } from './page-bridge.ts';
import { pageWords } from './page-words.ts';
import { resultItem } from './result-items.ts';
import type { PageAction, ResultsSources } from './results-sources.ts';

const REFRESH_MS = 100;
/** Children of a value that a page gets at a time, and how long a session may take to list them. */
const CHILDREN = 100;
const PATIENCE_MS = 2000;
/** Characters of an execution's output that a page gets: the whole is opened as a document. */
const SHOWN = { head: 30_000, tail: 30_000 };

export interface ResultsPageOptions {
  readonly sources: ResultsSources;
  readonly webview: vscode.Webview;
  readonly host: 'panel' | 'editor';
  /** What the page asks for on behalf of the person. */
  act(action: PageAction): void;
  /** The page listens and has been sent everything. */
  ready(): void;
}

/** One page with results, kept up to date. Everything is held here, so that the page may come and go. */
export class ResultsPage implements vscode.Disposable {
  readonly #options: ResultsPageOptions;
  readonly #store = new DisposableStore();
  readonly #bridge: PageBridge<ToPage, FromPage>;
  /** Executions that changed since the page was told, and how much of the beginning and of all their output it knows of. */
  readonly #changed = new Set<string>();
  readonly #sent = new Map<string, { head: number; total: number }>();
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#flush()));
  #namespaceShown = false;
  #namespacesChanged = false;

  constructor(options: ResultsPageOptions) {
    this.#options = options;
    const { sources, webview } = options;
    const { executions, namespaces, sessions } = sources;
    const schema = import('../../media/protocol.ts').then(({ FromPage }) => FromPage);
    this.#bridge = this.#store.add(
      new PageBridge<ToPage, FromPage>(webview, schema, (message) => this.#receive(message), sources.log),
    );
    this.#store.add(executions.onChanged(({ id }) => this.#request(id)));
    this.#store.add(executions.onOutput(({ id }) => this.#request(id)));
    this.#store.add(executions.onRemoved((ids) => this.#removed(ids)));
    this.#store.add(namespaces.onChanged(() => this.#requestNamespaces()));
    this.#store.add(sessions.onChanged(() => this.#requestNamespaces()));
    const title = vscode.l10n.t('Holdfast Results');
    showPage(webview, sources.extensionUri, { script: 'results.js', element: 'holdfast-results', title });
  }

  reveal(id: string): void {
    this.#bridge.send({ type: 'reveal', id });
  }

  /** It is made anew when it is shown again. */
  hidden(): void {
    this.#bridge.hidden();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #receive(message: FromPage): void {
    switch (message.type) {
      case 'ready':
        this.#reset();
        return;
      case 'content': {
        const { id, key, mime } = message;
        const form = this.#options.sources.executions.displays.form(id, key, mime);
        this.#bridge.send({ type: 'content', key, mime, data: form?.data ?? null });
        return;
      }
      case 'show_namespace':
        this.#namespaceShown = message.shown;
        if (message.shown) this.#bridge.send({ type: 'namespaces', namespaces: this.#namespaces() });
        return;
      case 'children':
        void this.#children(message);
        return;
      case 'error':
        this.#options.sources.log(`The results page failed: ${message.message}`);
        return;
      default:
        this.#options.act(message);
    }
  }

  #reset(): void {
    const { executions } = this.#options.sources;
    this.#sent.clear();
    this.#changed.clear();
    this.#bridge.send({
      type: 'reset',
      words: pageWords(),
      host: this.#options.host,
      items: this.#items(executions.all()),
      namespaces: this.#namespaceShown ? this.#namespaces() : [],
    });
    this.#sendOutput(executions.all());
    this.#options.ready();
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
    if (this.#bridge.ready) this.#bridge.send({ type: 'removed', ids });
  }

  /** Without a page that listens nothing is kept: it is sent everything when it comes. */
  #flush(): void {
    const { executions } = this.#options.sources;
    const changed = [...this.#changed].flatMap((id) => executions.get(id) ?? []);
    this.#changed.clear();
    if (!this.#bridge.ready) return;
    if (changed.length > 0) {
      this.#bridge.send({ type: 'items', items: this.#items(changed) });
      this.#sendOutput(changed);
    }
    if (this.#namespacesChanged && this.#namespaceShown)
      this.#bridge.send({ type: 'namespaces', namespaces: this.#namespaces() });
    this.#namespacesChanged = false;
  }

  async #children({ sessionId, target, start }: Extract<FromPage, { type: 'children' }>): Promise<void> {
    const { values } = this.#options.sources;
    const answer = { type: 'children', sessionId, target, start } as const;
    try {
      const options = { deadline: PATIENCE_MS };
      const { children, total } = await values.inspect({ sessionId, target, start, count: CHILDREN }, options);
      this.#bridge.send({ ...answer, children, total, problem: null });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#bridge.send({ ...answer, children: [], total: 0, problem });
    }
  }

  #sendOutput(executions: readonly Execution[]): void {
    const parts: OutputPart[] = [];
    for (const { id, output } of executions) {
      const { head, total } = this.#sent.get(id) ?? { head: 0, total: 0 };
      if (output.total === total) continue;
      this.#sent.set(id, { head: Math.min(output.total, SHOWN.head), total: output.total });
      parts.push({ id, ...output.excerpt(head, SHOWN) });
    }
    if (parts.length > 0) this.#bridge.send({ type: 'output', parts });
  }

  #items(executions: readonly Execution[]) {
    const { displays } = this.#options.sources.executions;
    return executions.map((execution) => resultItem(execution, displays.of(execution.id), vscode.l10n));
  }

  #namespaces(): NamespacePart[] {
    const { sessions, namespaces } = this.#options.sources;
    return sessions.all().map(({ sessionId, name, state }) => {
      return { sessionId, name, busy: state === 'busy', ...namespaces.of(sessionId) };
    });
  }
}
