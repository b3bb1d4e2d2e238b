import * as vscode from 'vscode';
import { shortenTo } from '../inline/columns.ts';
import { plainText } from '../inline/visible.ts';

/** Names in a message; a document has all. */
const MAX_NAMED = 5;
/** Of one name: a program may choose any text. */
const MAX_COLUMNS = 40;

/** The first of some variables' names, for a message. */
export function namesInWords(names: readonly string[]): string {
  const named = names
    .slice(0, MAX_NAMED)
    .map((name) => shortenTo(plainText(name), MAX_COLUMNS))
    .join(', ');
  return names.length > MAX_NAMED ? vscode.l10n.t('{0} and {1} more', named, names.length - MAX_NAMED) : named;
}
