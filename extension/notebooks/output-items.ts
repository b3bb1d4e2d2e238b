import * as vscode from 'vscode';
import type { ErrorReport, Stream } from '../../backend/protocol/values.ts';
import type { Form } from '../client/displays.ts';
import { withShortNames } from './cell-source.ts';

/** VS Code's own kinds of output: what a program shows never passes for one. */
const RESERVED = /^application\/(?:vnd\.code\.notebook|x\.notebook)\b/;

export function streamItem(stream: Stream, text: string): vscode.NotebookCellOutputItem {
  const { NotebookCellOutputItem } = vscode;
  return stream === 'stdout' ? NotebookCellOutputItem.stdout(text) : NotebookCellOutputItem.stderr(text);
}

/** A value in all its forms. The metadata are those of VS Code's serializer of `.ipynb` files. */
export function valueOutput(forms: readonly Form[], executionCount: number | null): vscode.NotebookCellOutput {
  const items = forms
    .filter(({ mime }) => !RESERVED.test(mime))
    .map(({ mime, data }) => new vscode.NotebookCellOutputItem(data, mime));
  const metadata =
    executionCount === null ? { outputType: 'display_data' } : { outputType: 'execute_result', executionCount };
  return new vscode.NotebookCellOutput(items, metadata);
}

export interface ErrorOutput {
  readonly name: string;
  readonly message: string;
  /** What is shown. Null: name and message only. */
  readonly traceback: string | null;
  /** Where it was raised, when that is in a cell of the notebook: the number beside the cell, and the line. */
  readonly place: { readonly order: number; readonly line: number } | null;
}

export function errorOutput(
  { name, message, traceback, place }: ErrorOutput,
  notebook: vscode.NotebookDocument,
): vscode.NotebookCellOutput {
  // VS Code makes a link of such a line, as it stands in IPython's tracebacks.
  const where = place ? `Cell In[${place.order}], line ${place.line}\n` : '';
  const told = traceback ?? (message === '' ? name : `${name}: ${message}`);
  const error = { name, message, stack: where + withoutLinks(withShortNames(told, notebook)) };
  const item = vscode.NotebookCellOutputItem.error(error);
  return new vscode.NotebookCellOutput([item], { outputType: 'error' });
}

export function errorOf({ name, message, traceback }: ErrorReport, place: ErrorOutput['place']): ErrorOutput {
  return { name, message, traceback: traceback === '' ? null : traceback, place };
}

/** VS Code puts `<a href=…>` in an error's text into the page as it is. An escape sequence without effect keeps it text. */
function withoutLinks(text: string): string {
  return text.replaceAll(/<(?=a\s)/gi, '<\u001b[10m');
}
