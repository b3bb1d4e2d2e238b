import * as vscode from 'vscode';
import { MAX_CODE_BYTES } from '../../backend/protocol/client/limits.ts';
import type { Dialect, Source } from '../../backend/protocol/values.ts';
import { dialectNamed } from '../../backend/workers/index.ts';
import { NOTEBOOK_CELL } from '../notebooks/cell-source.ts';
import { NothingToDo, UserError } from '../platform/user-error.ts';
import { documentCells } from './document-cells.ts';
import type { FileCells } from './file-cells.ts';
import { type LineRange, trimBlank } from './line-range.ts';

/** Text of a document that is to be run. */
export interface Cell {
  readonly document: vscode.TextDocument;
  readonly dialect: Dialect;
  readonly source: Source;
  readonly code: string;
  /** Where the code stands, without blank lines at its ends. Its result shows at the end. */
  readonly range: vscode.Range;
  /** What was asked for together has one name: when a cell fails, those behind it do not run. */
  readonly batch?: string;
}

/** The innermost cell around a line, or the next one with code. @throws UserError */
export function cellAt(document: vscode.TextDocument, line: number): Cell {
  const lines = cellsOf(document).runnable(line);
  if (!lines) throw new NothingToDo(vscode.l10n.t('There is no code at the cursor or below it.'));
  return cellOfLines(document, lines);
}

/** The code of some lines, cell by cell; Markdown cells and blank ones left out. */
export function cellsWithin(document: vscode.TextDocument, lines: LineRange): Cell[] {
  return cellsOf(document)
    .within(lines)
    .filter((cell) => hasCode(document, cell))
    .map((cell) => cellOfLines(document, cell));
}

/** @throws UserError */
export function wholeFile(document: vscode.TextDocument): Cell {
  return cellOfLines(document, { start: 0, end: document.lineCount - 1 });
}

/** @throws UserError when the document is not one that can be run. */
export function cellsOf(document: vscode.TextDocument): FileCells {
  // It says why not when there are none.
  dialectOf(document);
  const cells = documentCells(document);
  if (!cells) throw new Error(`No cells in ${document.uri}.`);
  return cells;
}

/** @throws UserError when the document is not one that can be run. */
export function dialectOf(document: vscode.TextDocument): Dialect {
  if (document.uri.scheme === NOTEBOOK_CELL) {
    throw new UserError(vscode.l10n.t('This is a notebook cell: the notebook runs it. Holdfast can be its kernel.'));
  }
  const dialect = dialectNamed(document.languageId);
  if (dialect) return dialect;
  throw new UserError(
    vscode.l10n.t(
      'Holdfast runs Python, JavaScript and TypeScript. The language of this file is {0}.',
      document.languageId,
    ),
  );
}

function cellOfLines(document: vscode.TextDocument, { start, end }: LineRange): Cell {
  const range = new vscode.Range(start, 0, end, document.lineAt(end).text.length);
  return makeCell(document, range, document.getText(range));
}

/** @param code the text of the range when it was asked for. @throws UserError when it cannot be run */
export function makeCell(document: vscode.TextDocument, range: vscode.Range, code: string): Cell {
  const dialect = dialectOf(document);
  if (code.includes('\0')) {
    throw new UserError(vscode.l10n.t('This is a binary file: there is a null character in it.'));
  }
  if (Buffer.byteLength(code) > MAX_CODE_BYTES) {
    const limit = MAX_CODE_BYTES / 1024 ** 2;
    throw new UserError(vscode.l10n.t('This is more than {0} MiB of code. Select a part of it to run.', limit));
  }
  const trimmed = codeRange(code, range.start);
  if (!trimmed) throw new NothingToDo(vscode.l10n.t('There is nothing but white space to run.'));
  return { document, dialect, source: sourceOf(document, range.start), code, range: trimmed };
}

/** Where code stands whose first character is at `start`, without blank lines at its ends; undefined when there is nothing else. */
export function codeRange(code: string, start: vscode.Position): vscode.Range | undefined {
  const lines = code.split(/\r?\n/);
  const trimmed = trimBlank(lines, { start: 0, end: lines.length - 1 });
  if (!trimmed) return undefined;
  const indent = (line: number) => (line === 0 ? start.character : 0);
  return new vscode.Range(
    start.line + trimmed.start,
    indent(trimmed.start),
    start.line + trimmed.end,
    indent(trimmed.end) + (lines[trimmed.end]?.length ?? 0),
  );
}

/** Absolute path of a document's file, of a notebook's cell that of the notebook; null when it is not one of the disk. */
export function fileOf(document: vscode.TextDocument): string | null {
  const notebook =
    document.uri.scheme === NOTEBOOK_CELL
      ? vscode.workspace.notebookDocuments.find((it) => it.getCells().some((cell) => cell.document === document))
      : undefined;
  const { uri } = notebook ?? document;
  return uri.scheme === 'file' ? uri.fsPath : null;
}

function sourceOf(document: vscode.TextDocument, start: vscode.Position): Source {
  const file = fileOf(document);
  const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1) || document.uri.scheme;
  return {
    name: file ?? `<${name}>`,
    path: file,
    line: start.line + 1,
    column: start.character,
  };
}

/** More than a marker and blank lines. */
function hasCode(document: vscode.TextDocument, { start, end }: LineRange): boolean {
  const marked = documentCells(document)?.all.some((cell) => cell.marked && cell.start === start);
  for (let line = marked ? start + 1 : start; line <= end; line++) {
    if (!document.lineAt(line).isEmptyOrWhitespace) return true;
  }
  return false;
}
