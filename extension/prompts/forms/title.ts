import path from 'node:path';
import * as vscode from 'vscode';
import type { Prompt } from '../../../backend/protocol/client/index.ts';
import { isSecret } from '../../../backend/protocol/client/secret-prompt.ts';
import { plainText } from '../../inline/visible.ts';
import { promptText } from '../permission-question.ts';

/** Names the line that asks, so that one question is not taken for another. */
export function titleOf(prompt: Prompt): string {
  const secret = isSecret(prompt);
  const { location } = prompt;
  if (!location) return secret ? vscode.l10n.t('A program asks for a secret') : vscode.l10n.t('A program asks');
  const place = `${path.basename(location.file)}:${location.line}`;
  return secret ? vscode.l10n.t('{0} asks for a secret', place) : vscode.l10n.t('{0} asks', place);
}

/** What the program asks, as one line of text that can be nothing but text. */
export function questionOf(prompt: Prompt, otherwise: string): string {
  const text = promptText(prompt);
  return text === '' ? otherwise : plainText(text);
}
