import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageDocument } from './page-document.ts';

/** Style sheets of every page, by the ids that its elements find them under. */
const STYLES = { 'vscode-codicon-stylesheet': 'codicon.css', 'katex-stylesheet': 'katex.css' };

/** Puts one of our pages, a script of `dist/webview`, into a webview. It may load what is in that folder and nothing else. */
export function showPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: { readonly script: string; readonly element: string; readonly title: string },
): void {
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const address = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [root] };
  webview.html = pageDocument({
    ...page,
    nonce: randomBytes(16).toString('base64url'),
    source: webview.cspSource,
    language: vscode.env.language,
    script: address(page.script),
    styles: Object.fromEntries(Object.entries(STYLES).map(([id, name]) => [id, address(name)])),
  });
}
