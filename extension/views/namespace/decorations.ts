import * as vscode from 'vscode';
import type { KnownVariable } from '../../client/namespaces.ts';

const SCHEME = 'holdfast-variable';

/** Marks the variables that the newest execution made or changed: a letter at the end of the row, and a colour. */
export class VariableDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #registration: vscode.Disposable;
  readonly #markOf: (id: string) => KnownVariable['mark'];

  readonly onDidChangeFileDecorations = this.#changed.event;

  /** @param markOf asked for the row of that id */
  constructor(markOf: (id: string) => KnownVariable['mark']) {
    this.#markOf = markOf;
    this.#registration = vscode.window.registerFileDecorationProvider(this);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== SCHEME) return undefined;
    const mark = this.#markOf(uri.path.slice(1));
    if (mark === null) return undefined;
    const color = new vscode.ThemeColor('holdfast.namespace.changed');
    const { t } = vscode.l10n;
    return mark === 'new'
      ? new vscode.FileDecoration('N', t('New since the last execution'), color)
      : new vscode.FileDecoration('M', t('Changed by the last execution'), color);
  }

  refresh(ids: readonly string[]): void {
    if (ids.length > 0) this.#changed.fire(ids.map(decorationUri));
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

/** @param id of letters, digits, hyphens and slashes: a program's text is never part of an address */
export function decorationUri(id: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${id}` });
}
