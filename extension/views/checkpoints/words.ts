import * as vscode from 'vscode';
import type { RestoredVariable, StoredVariable } from '../../../backend/protocol/checkpoint.ts';
import type { CheckpointInfo, CheckpointReference } from '../../../backend/protocol/client/index.ts';
import { plainText } from '../../inline/visible.ts';

/** What a person calls it. */
export function checkpointName({ name }: CheckpointReference): string {
  return name === null ? vscode.l10n.t('automatic') : plainText(name);
}

/** The same in a sentence. */
export function quotedName(checkpoint: CheckpointReference): string {
  const { name, createdAt } = checkpoint;
  return vscode.l10n.t(
    '“{0}”',
    name === null ? `${checkpointName(checkpoint)}, ${timeWords(createdAt)}` : plainText(name),
  );
}

/** `12:03 PM · 5 variables · 1.2 MB · python` */
export function checkpointSummary(checkpoint: CheckpointInfo): string {
  const { t } = vscode.l10n;
  const { createdAt, bytes, sessionName, foreign } = checkpoint;
  return [
    ...(foreign ? [t('from elsewhere')] : []),
    timeWords(createdAt),
    variablesWord(heldBy(checkpoint)),
    sizeWords(bytes),
    plainText(sessionName),
  ].join(' · ');
}

/** Lines that say everything about it. */
export function checkpointDetails(checkpoint: CheckpointInfo): string[] {
  const { t } = vscode.l10n;
  const { createdAt, bytes, sessionName, language, version, stored, source, imported, notStored, foreign } = checkpoint;
  return [
    t('Made {0} of {1} ({2})', new Date(createdAt).toLocaleString(), plainText(sessionName), `${language} ${version}`),
    `${t('{0} stored, {1} by source, {2} by import, {3} not stored', stored, source, imported, notStored)} · ${sizeWords(bytes)}`,
    ...(foreign ? [t('It was not made in this workspace: restoring it runs code that its maker put in.')] : []),
  ];
}

/** Variables that a restore brings back. */
export function heldBy({ stored, source, imported }: CheckpointInfo): number {
  return stored + source + imported;
}

export function variablesWord(count: number): string {
  return count === 1 ? vscode.l10n.t('1 variable') : vscode.l10n.t('{0} variables', count);
}

/** The time of day, with the date unless it is today's. */
export function timeWords(at: number): string {
  const date = new Date(at);
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  return date.toDateString() === new Date().toDateString()
    ? date.toLocaleTimeString(undefined, time)
    : date.toLocaleString(undefined, { year: 'numeric', month: 'short', day: 'numeric', ...time });
}

export function sizeWords(bytes: number): string {
  return bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** What became of a variable when the checkpoint was made. */
export function storedWords({ how, type, bytes, reason }: StoredVariable): string {
  const { t } = vscode.l10n;
  const why = reason === null ? [] : [plainText(reason)];
  switch (how) {
    case 'stored':
      return [plainText(type), sizeWords(bytes), ...why].join(' · ');
    case 'source':
      return [t('rebuilt from its source'), ...why].join(' · ');
    case 'import':
      return [t('imported again'), ...why].join(' · ');
    case 'not_stored':
      return t('not stored: {0}', why[0] ?? t('unknown'));
  }
}

/** What became of the variables of a restore, in few words: `3 restored, 1 rebuilt from its source`. */
export function restoredWords(variables: readonly RestoredVariable[]): string {
  const { t } = vscode.l10n;
  const count = (how: RestoredVariable['how']) => variables.filter((variable) => variable.how === how).length;
  return (
    [
      [count('restored'), t('{0} restored', count('restored'))],
      [count('rebuilt'), t('{0} rebuilt from source', count('rebuilt'))],
      [count('imported'), t('{0} imported again', count('imported'))],
      [count('lost'), t('{0} not restored', count('lost'))],
    ] as const
  )
    .filter(([number]) => number > 0)
    .map(([, words]) => words)
    .join(', ');
}
