import * as vscode from 'vscode';
import type { CellLines } from '../../backend/workers/cells.ts';
import { languages } from '../../backend/workers/index.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { setting } from '../platform/settings.ts';
import { documentCells } from './document-cells.ts';

const SELECTOR = languages
  .flatMap(({ dialects }) => dialects)
  .flatMap((language) => ['file', 'untitled'].map((scheme) => ({ language, scheme })));

/** Links above cells that run them. A file without markers has none. */
export class CellLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor() {
    this.#store.add(vscode.languages.registerCodeLensProvider(SELECTOR, this));
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('holdfast.cells')) this.#changed.fire();
      }),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const cells = setting('cells.codeLens') ? documentCells(document) : undefined;
    if (!cells?.marked) return [];
    const runnable = cells.all.filter(({ kind }) => kind === 'code');
    const first = runnable[0];
    const last = runnable.findLast(({ depth }) => depth === 0);
    return runnable.flatMap((cell) => {
      const { depth } = cell;
      const line = titleLine(document, cell);
      if (line === undefined) return [];
      const link = (title: string, command: string) =>
        new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
          title,
          command,
          arguments: [{ uri: document.uri.toString(), line }],
        });
      const links = [link(vscode.l10n.t('Run Cell'), 'holdfast.runCell')];
      if (depth > 0) return links;
      if (cell !== first) links.push(link(vscode.l10n.t('Run Above'), 'holdfast.runCellsAbove'));
      if (cell !== last) links.push(link(vscode.l10n.t('Run Below'), 'holdfast.runCellsBelow'));
      return links;
    });
  }

  dispose(): void {
    this.#store.dispose();
  }
}

/** The marker, or the first line of code where a cell has none; a head of comments alone needs no link. */
function titleLine(document: vscode.TextDocument, { start, end, marked }: CellLines): number | undefined {
  if (marked) return start;
  const comment = languages.find(({ dialects }) => dialects.some((it) => it === document.languageId))?.commentPrefix;
  for (let line = start; line <= end; line++) {
    const text = document.lineAt(line).text.trimStart();
    if (text !== '' && !(comment && text.startsWith(comment)) && !text.startsWith('#!')) return line;
  }
  return undefined;
}
