import * as vscode from 'vscode';
import { HOVER_COMMANDS } from './hover-text.ts';
import type { InlineResult } from './inline-result.ts';
import type { InlineKind } from './inline-text.ts';

const COLORS: Record<InlineKind, string> = {
  pending: 'holdfast.inline.pending',
  value: 'holdfast.inline.value',
  output: 'holdfast.inline.output',
  done: 'holdfast.inline.done',
  error: 'holdfast.inline.error',
  cancelled: 'holdfast.inline.cancelled',
  lost: 'holdfast.inline.error',
};

/** The results of one line, from left to right, at its end. The colour is that of the error among them, else of the last. */
export function decoration(document: vscode.TextDocument, results: readonly InlineResult[]): vscode.DecorationOptions {
  const telling = results.find(({ kind }) => kind === 'error' || kind === 'lost') ?? results.at(-1);
  const stale = results.every((result) => result.stale);
  const line = Math.min(telling?.line ?? 0, document.lineCount - 1);
  const end = document.lineAt(line).range.end;
  const shown = results.map((result) => {
    const text = `${result.mark}${result.text}`;
    return result.stale ? vscode.l10n.t('{0} (stale)', text) : text;
  });
  return {
    range: new vscode.Range(end, end),
    hoverMessage: results.map(({ hover }) => trusted(hover)),
    renderOptions: {
      after: {
        // Ordinary spaces at the ends and in a row would be folded.
        contentText: shown.join('   ').replaceAll(' ', '\u00a0'),
        color: new vscode.ThemeColor(stale || !telling ? 'holdfast.inline.stale' : COLORS[telling.kind]),
        fontStyle: stale ? 'italic' : 'normal',
        margin: '0 0 0 2ch',
      },
    },
  };
}

function trusted(hover: string): vscode.MarkdownString {
  const message = new vscode.MarkdownString(hover);
  message.isTrusted = { enabledCommands: HOVER_COMMANDS };
  return message;
}
