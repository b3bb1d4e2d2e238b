import path from 'node:path';
import * as vscode from 'vscode';
import type { KeptStep } from '../../../backend/protocol/client/index.ts';
import { duration } from '../../../media/text/duration.ts';
import type { KeptCell } from '../../client/kept-steps.ts';
import { plainText } from '../../inline/visible.ts';
import { sizeWords, timeWords } from '../checkpoints/words.ts';

/** `page · 3`: the name, and the key that tells it from the others of a loop. */
export function stepName({ name, key }: KeptStep): string {
  return key === null ? plainText(name) : `${plainText(name)} · ${plainText(key)}`;
}

/** `DataFrame · 1.2 MB · 12:03 PM` */
export function stepSummary({ type, bytes, keptAt }: KeptStep): string {
  return [plainText(type), sizeWords(bytes), timeWords(keptAt)].join(' · ');
}

/** Lines that say everything about it. */
export function stepDetails(step: KeptStep): string[] {
  const { type, bytes, seconds, keptAt, level } = step;
  const { t } = vscode.l10n;
  return [
    `${plainText(type)} · ${sizeWords(bytes)}`,
    t('Finished {0}, after {1}', new Date(keptAt).toLocaleString(), duration(seconds)),
    t('Security level: {0}', level),
  ];
}

/** Its title or first line. */
export function cellName({ steps: [first] }: KeptCell): string {
  return plainText(first?.heading || vscode.l10n.t('A cell'));
}

/** `work.py, line 12 · 3 steps` */
export function cellSummary(cell: KeptCell): string {
  return [placeOf(cell), stepsWord(cell.steps.length)].join(' · ');
}

export function placeOf({ steps: [first] }: KeptCell): string {
  return first ? vscode.l10n.t('{0}, line {1}', plainText(path.basename(first.file)), first.line) : '';
}

export function stepsWord(count: number): string {
  return count === 1 ? vscode.l10n.t('1 step') : vscode.l10n.t('{0} steps', count);
}
