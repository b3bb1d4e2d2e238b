import * as vscode from 'vscode';
import { Dialect } from '../../backend/protocol/values.ts';
import type { Executions } from '../client/executions.ts';
import type { BackendLink } from '../client/link.ts';
import type { Prompts } from '../client/prompts.ts';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';

const REFRESH_MS = 100;

export interface StatusBarSources {
  readonly link: BackendLink;
  readonly executions: Executions;
  readonly prompts: Prompts;
}

/** One item: what Holdfast does now. A click lists what can be done about it. */
export class StatusBar implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sources: StatusBarSources;
  readonly #item: vscode.StatusBarItem;
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#update()));

  constructor(sources: StatusBarSources) {
    this.#sources = sources;
    this.#item = this.#store.add(
      vscode.window.createStatusBarItem('holdfast.status', vscode.StatusBarAlignment.Right, 90),
    );
    this.#item.name = 'Holdfast';
    this.#item.command = 'holdfast.showMenu';
    const request = () => this.#refresh.request();
    this.#store.add(sources.link.onStateChanged(request));
    this.#store.add(sources.executions.onChanged(request));
    this.#store.add(sources.executions.onRemoved(request));
    this.#store.add(sources.prompts.onChanged(request));
    this.#store.add(vscode.window.onDidChangeActiveTextEditor(request));
    this.#update();
  }

  get text(): string {
    return this.#item.text;
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const { link, executions, prompts } = this.#sources;
    const phases = executions.unfinished().map(({ phase }) => phase.status);
    const unfinished = phases.length;
    setContextKey('holdfast.busy', unfinished > 0);
    this.#item.text = this.#words(unfinished, phases.filter((status) => status === 'queued').length);
    this.#item.backgroundColor =
      prompts.all().length > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    const relevant = Dialect.safeParse(vscode.window.activeTextEditor?.document.languageId).success;
    if (relevant || unfinished > 0 || link.state !== 'disconnected') this.#item.show();
    else this.#item.hide();
  }

  #words(unfinished: number, queued: number): string {
    const { link, prompts } = this.#sources;
    const { t } = vscode.l10n;
    if (prompts.all().length > 0) return `$(comment) Holdfast: ${t('waiting for input')}`;
    if (link.state === 'connecting') return `$(sync~spin) Holdfast: ${t('starting')}`;
    if (link.state === 'reconnecting') return `$(sync~spin) Holdfast: ${t('reconnecting')}`;
    if (queued > 0 && unfinished > 1) return `$(sync~spin) Holdfast: ${t('running, {0} queued', queued)}`;
    if (unfinished > 0) return `$(sync~spin) Holdfast: ${t('running')}`;
    return link.state === 'connected' ? '$(check) Holdfast' : '$(circle-outline) Holdfast';
  }
}
