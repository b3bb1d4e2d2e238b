import * as vscode from 'vscode';
import { dialectNamed } from '../../backend/workers/index.ts';
import type { Durability } from '../client/durability.ts';
import type { Executions } from '../client/executions.ts';
import type { BackendLink } from '../client/link.ts';
import type { Prompts } from '../client/prompts.ts';
import { sessionOfActiveEditor } from '../client/session-of-editor.ts';
import type { Sessions } from '../client/sessions.ts';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import { type Status, type StatusText, statusText } from './status-text.ts';

const REFRESH_MS = 100;
/** While something runs its time goes on. */
const TICK_MS = 1000;

const BACKGROUNDS: Record<StatusText['level'], vscode.ThemeColor | undefined> = {
  normal: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

export interface StatusBarSources {
  readonly link: BackendLink;
  readonly sessions: Sessions;
  readonly executions: Executions;
  readonly prompts: Prompts;
  readonly durability: Durability;
}

/** One item: what Holdfast does now. A click lists what can be done about it. */
export class StatusBar implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sources: StatusBarSources;
  readonly #item: vscode.StatusBarItem;
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#update()));
  readonly #tick = this.#store.add(new Throttle(TICK_MS, () => this.#update()));

  constructor(sources: StatusBarSources) {
    this.#sources = sources;
    this.#item = this.#store.add(
      vscode.window.createStatusBarItem('holdfast.status', vscode.StatusBarAlignment.Right, 90),
    );
    this.#item.name = 'Holdfast';
    this.#item.command = 'holdfast.showMenu';
    const request = () => this.#refresh.request();
    this.#store.add(sources.link.onStateChanged(request));
    this.#store.add(sources.sessions.onChanged(request));
    this.#store.add(sources.executions.onChanged(request));
    this.#store.add(sources.executions.onRemoved(request));
    this.#store.add(sources.prompts.onChanged(request));
    this.#store.add(sources.durability.onChanged(request));
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
    const { link, sessions } = this.#sources;
    const status = this.#status();
    const busy = status.runningSince !== undefined || status.queued > 0;
    setContextKey('holdfast.busy', busy);
    setContextKey('holdfast.hasSessions', sessions.all().length > 0);
    setContextKey('holdfast.sessionState', status.session?.state ?? 'none');
    const { text, tooltip, level } = statusText(status, Date.now(), vscode.l10n);
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.backgroundColor = BACKGROUNDS[level];
    const canRun = dialectNamed(vscode.window.activeTextEditor?.document.languageId) !== undefined;
    setContextKey('holdfast.canRun', canRun);
    if (canRun || busy || link.state !== 'disconnected') this.#item.show();
    else this.#item.hide();
    if (status.runningSince !== undefined) this.#tick.request();
  }

  #status(): Status {
    const { link, sessions, executions, prompts, durability } = this.#sources;
    const unfinished = executions.unfinished();
    const starts = unfinished.map(({ phase }) => (phase.status === 'running' ? phase.since : undefined));
    const running = starts.filter((since) => since !== undefined);
    return {
      link: link.state,
      session: sessionOfActiveEditor(sessions),
      prompts: prompts.all().length,
      notKept: durability.failure,
      queued: unfinished.length - running.length,
      runningSince: running.length > 0 ? Math.min(...running) : undefined,
    };
  }
}
