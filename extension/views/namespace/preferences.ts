import * as vscode from 'vscode';
import type { SessionInfo } from '../../../backend/protocol/client/index.ts';
import { setContextKey } from '../../platform/context-keys.ts';
import { DisposableStore } from '../../platform/disposables.ts';
import { Emitter } from '../../platform/emitter.ts';
import { setting } from '../../platform/settings.ts';
import { type Arrangement, SORT_ORDERS, type SortOrder } from './arrange.ts';

/** Pinned names that are remembered for one session. */
const MAX_PINS = 200;

/** What the person wants to see in the Namespace view: filter, order, hidden kinds, pins. */
export class NamespacePreferences implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #memory: vscode.Memento;
  readonly #changed = this.#store.add(new Emitter<void>());
  #filter = '';

  readonly onChanged = this.#changed.event;

  /** @param memory keeps the pins of this workspace */
  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('holdfast.namespace')) this.#changed.fire();
      }),
    );
  }

  get filter(): string {
    return this.#filter;
  }

  set filter(text: string) {
    if (text === this.#filter) return;
    this.#filter = text;
    setContextKey('holdfast.namespaceFiltered', text !== '');
    this.#changed.fire();
  }

  of(session: SessionInfo): Arrangement {
    return {
      filter: this.#filter,
      sort: sortOrder(),
      hideModules: setting('namespace.hideModules'),
      hideFunctions: setting('namespace.hideFunctions'),
      hidePrivate: setting('namespace.hidePrivate'),
      pinned: new Set(this.#pins(session)),
    };
  }

  isPinned(session: SessionInfo, name: string): boolean {
    return this.#pins(session).includes(name);
  }

  async pin(session: SessionInfo, name: string, pinned: boolean): Promise<void> {
    const others = this.#pins(session).filter((it) => it !== name);
    const names = pinned ? [...others, name].slice(-MAX_PINS) : others;
    await this.#memory.update(pinsKey(session), names.length > 0 ? names : undefined);
    this.#changed.fire();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #pins(session: SessionInfo): readonly string[] {
    return this.#memory.get<string[]>(pinsKey(session)) ?? [];
  }
}

/** By name: a session that is started anew has another id. */
function pinsKey({ language, name }: SessionInfo): string {
  return `pins:${language}:${name}`;
}

export function sortOrder(): SortOrder {
  return SORT_ORDERS.find((order) => order === setting('namespace.sort')) ?? 'definition';
}
