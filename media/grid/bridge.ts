import type { FromGrid, ToGrid } from '../grid-protocol.ts';

declare function acquireVsCodeApi(): { postMessage(message: FromGrid): void };

const vscode = acquireVsCodeApi();

export function postGrid(message: FromGrid): void {
  vscode.postMessage(message);
}

/** Messages come from the extension host only: this page has no frames. */
export function onGridMessage(listener: (message: ToGrid) => void): void {
  window.addEventListener('message', (event: MessageEvent<ToGrid>) => {
    if (event.origin === window.origin || event.origin.startsWith('vscode-webview://')) listener(event.data);
  });
}
