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
}

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
  const state = vscode.getState();
  const tab = typeof state === 'object' && state !== null && 'tab' in state ? state.tab : 0;
  return { tab: tab === 1 ? 1 : 0 };
}

export function saveState(state: PageState): void {
  vscode.setState(state);
}
