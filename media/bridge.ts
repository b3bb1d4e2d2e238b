import type { FromPage, ToPage } from './protocol.ts';

/** What VS Code gives a page, once. */
interface VSCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: PageState): void;
}
declare function acquireVsCodeApi(): VSCodeApi;

/** What the page itself remembers while it is hidden; the rest is sent again. */
export interface PageState {
  readonly tab: number;
  readonly query: string;
  /** Id of the execution at the top of what is in view; null while the list follows the newest. */
  readonly place: string | null;
}

const TABS = 3;
const vscode = acquireVsCodeApi();

export function post(message: FromPage): void {
  vscode.postMessage(message);
}

/** Messages come from the extension host only: a frame inside the page has another origin. */
export function onMessage(listener: (message: ToPage) => void): void {
  window.addEventListener('message', (event: MessageEvent<ToPage>) => {
    if (event.origin === window.origin || event.origin.startsWith('vscode-webview://')) listener(event.data);
  });
}

export function savedState(): PageState {
  // Whatever an earlier version of the page has left.
  const state = (vscode.getState() ?? {}) as { readonly [Name in keyof PageState]?: unknown };
  const { tab, query, place } = state;
  return {
    tab: typeof tab === 'number' && Number.isInteger(tab) && tab >= 0 && tab < TABS ? tab : 0,
    query: typeof query === 'string' ? query : '',
    place: typeof place === 'string' ? place : null,
  };
}

export function saveState(state: PageState): void {
  vscode.setState(state);
}
