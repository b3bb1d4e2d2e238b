import * as vscode from 'vscode';
import { MAX_CODE_BYTES } from '../../backend/protocol/client/index.ts';
import { Dialect, type Source } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { UserError } from '../platform/user-error.ts';
import { cellRanges, trimBlank } from './cell-ranges.ts';
import { type LineRange, rangeAtOrAfter } from './line-range.ts';
import { pythonStatementAt } from './python-statement.ts';
import { scriptStatementAt } from './script-statement.ts';

/** Text of a document that is to be run. */
export interface Cell {
  readonly document: vscode.TextDocument;
  readonly dialect: Dialect;
  readonly source: Source;
  readonly code: string;
  /** Where the code stands, without blank lines at its ends. Its result shows at the end. */
  readonly range: vscode.Range;
}

/** The selection, or the statement at the cursor. @throws UserError */
export function cellAtSelection(editor: vscode.TextEditor): Cell {
  const { document, selection } = editor;
  const dialect = dialectOf(document);
  if (!selection.isEmpty) return makeCell(document, dialect, wholeIndentation(document, selection));
  const lines = linesOf(document);
  const find = dialect === 'python' ? pythonStatementAt : scriptStatementAt;
  const statement = find(lines, selection.active.line);
  if (!statement) throw new UserError(vscode.l10n.t('There is no code at the cursor or below it.'));
  return makeCell(document, dialect, rangeOfLines(document, statement));
}

/** The cell at the cursor, and the line where the next one starts if there is one. @throws UserError */
export function cellAtCursor(editor: vscode.TextEditor): { cell: Cell; nextLine: number | undefined } {
  const { document } = editor;
  const dialect = dialectOf(document);
  const ranges = cellRanges(document.getText(), languageOfDialect(dialect));
  const range = rangeAtOrAfter(ranges, editor.selection.active.line);
  if (!range) throw new UserError(vscode.l10n.t('There is no code at the cursor or below it.'));
  const cell = makeCell(document, dialect, rangeOfLines(document, range));
  return { cell, nextLine: ranges[ranges.indexOf(range) + 1]?.start };
}

/** @throws UserError */
export function wholeFile(document: vscode.TextDocument): Cell {
  return makeCell(document, dialectOf(document), rangeOfLines(document, { start: 0, end: document.lineCount - 1 }));
}

/** @throws UserError when the document is not one that can be run. */
function dialectOf(document: vscode.TextDocument): Dialect {
  if (document.uri.scheme === 'vscode-notebook-cell') {
    throw new UserError(vscode.l10n.t('This is a notebook cell: the notebook runs it. Holdfast runs files.'));
  }
  const dialect = Dialect.safeParse(document.languageId);
  if (dialect.success) return dialect.data;
  throw new UserError(
    vscode.l10n.t(
      'Holdfast runs Python, JavaScript and TypeScript. The language of this file is {0}.',
      document.languageId,
    ),
  );
}

function makeCell(document: vscode.TextDocument, dialect: Dialect, range: vscode.Range): Cell {
  const code = document.getText(range);
  if (code.includes('\0')) {
    throw new UserError(vscode.l10n.t('This is a binary file: there is a null character in it.'));
  }
  if (Buffer.byteLength(code) > MAX_CODE_BYTES) {
    const limit = MAX_CODE_BYTES / 1024 ** 2;
    throw new UserError(vscode.l10n.t('This is more than {0} MiB of code. Select a part of it to run.', limit));
  }
  const trimmed = trimBlank(code.split('\n'), { start: 0, end: range.end.line - range.start.line });
  if (!trimmed) throw new UserError(vscode.l10n.t('There is nothing but white space to run.'));
  const start = range.start.line + trimmed.start;
  const end = range.start.line + trimmed.end;
  return {
    document,
    dialect,
    source: sourceOf(document, range.start),
    code,
    range: new vscode.Range(
      start,
      trimmed.start === 0 ? range.start.character : 0,
      end,
      end === range.end.line ? range.end.character : document.lineAt(end).text.length,
    ),
  };
}

/** Absolute path of a document's file, null when it is not one of the disk. */
export function fileOf({ uri }: vscode.TextDocument): string | null {
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

/** A selection that starts after its line's indentation takes it along: the lines below it are indented from there. */
function wholeIndentation(document: vscode.TextDocument, selection: vscode.Selection): vscode.Range {
  const before = document.lineAt(selection.start.line).text.slice(0, selection.start.character);
  return before.trim() === ''
    ? new vscode.Range(selection.start.line, 0, selection.end.line, selection.end.character)
    : selection;
}

function rangeOfLines(document: vscode.TextDocument, { start, end }: LineRange): vscode.Range {
  return new vscode.Range(start, 0, end, document.lineAt(end).text.length);
}

function linesOf(document: vscode.TextDocument): string[] {
  return document.getText().split(/\r?\n/);
}
