import * as vscode from 'vscode';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { setting } from '../platform/settings.ts';
import { Throttle } from '../platform/throttle.ts';
import { documentCells } from './document-cells.ts';
import { type CellSeparator, separatorsOf } from './separators.ts';

const EDIT_MS = 100;

/** Draws the lines between cells, and tells menus whether there are any. */
export class CellMarks implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #plain = this.#store.add(separatorType('holdfast.cellSeparator'));
  readonly #active = this.#store.add(separatorType('holdfast.activeCellSeparator'));
  /** What is typed moves the lines that are drawn along; only then are they looked for again. */
  readonly #edited = this.#store.add(new Throttle(EDIT_MS, () => this.#drawAll()));

  constructor() {
    const { window, workspace } = vscode;
    this.#store.add(window.onDidChangeVisibleTextEditors(() => this.#drawAll()));
    this.#store.add(window.onDidChangeActiveTextEditor(() => this.#updateContext()));
    this.#store.add(window.onDidChangeTextEditorSelection(({ textEditor }) => this.#draw(textEditor)));
    this.#store.add(workspace.onDidChangeTextDocument(() => this.#edited.request()));
    this.#store.add(workspace.onDidOpenTextDocument(() => this.#edited.request()));
    this.#store.add(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('holdfast.cells')) this.#drawAll();
      }),
    );
    this.#edited.request();
  }

  /** The lines in the first editor that shows the document. */
  of(uri: vscode.Uri): CellSeparator[] {
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    return editor ? separators(editor) : [];
  }

  dispose(): void {
    this.#store.dispose();
  }

  #drawAll(): void {
    for (const editor of vscode.window.visibleTextEditors) this.#draw(editor);
    this.#updateContext();
  }

  #draw(editor: vscode.TextEditor): void {
    const found = separators(editor);
    for (const [type, active] of [
      [this.#plain, false],
      [this.#active, true],
    ] as const) {
      const lines = found.filter((it) => it.active === active);
      editor.setDecorations(
        type,
        lines.map(({ line }) => new vscode.Range(line, 0, line, 0)),
      );
    }
  }

  #updateContext(): void {
    const document = vscode.window.activeTextEditor?.document;
    setContextKey('holdfast.hasCells', document !== undefined && documentCells(document)?.marked === true);
  }
}

function separators({ document, selection }: vscode.TextEditor): CellSeparator[] {
  const mode = setting('cells.separators');
  const cells = mode === 'off' ? undefined : documentCells(document);
  if (!cells) return [];
  return separatorsOf(cells, selection.active.line, mode).filter(({ line }) => line < document.lineCount);
}

function separatorType(color: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderWidth: '1px 0 0 0',
    borderStyle: 'solid',
    borderColor: new vscode.ThemeColor(color),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
