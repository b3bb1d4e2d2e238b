import * as vscode from 'vscode';
import type { Executions } from '../../client/executions.ts';
import type { Sessions } from '../../client/sessions.ts';
import { DisposableStore } from '../../platform/disposables.ts';

/** Shorter work is not worth a word. */
const QUIET_MS = 1000;
const TICK_MS = 1000;

/** Says beside the title of a view for how long sessions have been busy: what the view shows is from before. */
export class BusyClock implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #view: Pick<vscode.TreeView<unknown>, 'description'>;
  readonly #sessions: Sessions;
  readonly #executions: Executions;
  #ticking: NodeJS.Timeout | undefined;

  constructor(view: Pick<vscode.TreeView<unknown>, 'description'>, sessions: Sessions, executions: Executions) {
    this.#view = view;
    this.#sessions = sessions;
    this.#executions = executions;
    this.#store.add(executions.onChanged(() => this.#update()));
    this.#store.add(sessions.onChanged(() => this.#update()));
  }

  dispose(): void {
    clearInterval(this.#ticking);
    this.#store.dispose();
  }

  /** The clock ticks only while something runs. */
  #update(): void {
    const running = this.#running();
    if (running.length > 0) this.#ticking ??= setInterval(() => this.#update(), TICK_MS);
    else {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    }
    const text = running
      .filter(({ milliseconds }) => milliseconds >= QUIET_MS)
      .map(({ name, milliseconds }) => vscode.l10n.t('{0} busy since {1} s', name, Math.floor(milliseconds / 1000)))
      .join(', ');
    if ((this.#view.description ?? '') !== text) this.#view.description = text;
  }

  #running(): { name: string; milliseconds: number }[] {
    return this.#sessions.all().flatMap(({ name, running }) => {
      const phase = running === null ? undefined : this.#executions.get(running)?.phase;
      return phase?.status === 'running' ? [{ name, milliseconds: Date.now() - phase.since }] : [];
    });
  }
}
