import * as vscode from 'vscode';
import type { RestoredVariable, StoredVariable } from '../../../backend/protocol/checkpoint.ts';
import type { CheckpointReport } from '../../client/checkpoints.ts';
import type { SessionRecovery } from '../../client/known-sessions.ts';
import { plainText, visible } from '../../inline/visible.ts';
import { checkpointDetails, quotedName, storedWords } from './words.ts';

interface Section {
  readonly title: string;
  /** A name, and what there is to say about it. */
  readonly rows: readonly (readonly [name: string, words: string])[];
}

/** A name wider than this does not push the others' words aside. */
const MAX_NAME_COLUMNS = 32;

/** What a checkpoint holds, as a document. */
export function contentsReport({ checkpoint, variables }: CheckpointReport<StoredVariable>): string {
  const { t } = vscode.l10n;
  const rows = (how: StoredVariable['how']) =>
    variables
      .filter((variable) => variable.how === how)
      // The title of their section says the rest.
      .map((variable) => [variable.name, how === 'stored' ? storedWords(variable) : (variable.reason ?? '')] as const);
  return toText(
    [t('Checkpoint {0}', quotedName(checkpoint)), ...checkpointDetails(checkpoint)],
    [
      { title: t('Not stored'), rows: rows('not_stored') },
      { title: t('Stored'), rows: rows('stored') },
      { title: t('Rebuilt from their source'), rows: rows('source') },
      { title: t('Imported again'), rows: rows('import') },
    ],
  );
}

/** What a restore brought, as a document. @param session its name */
export function restoredReport({ checkpoint, variables }: CheckpointReport<RestoredVariable>, session: string): string {
  const { t } = vscode.l10n;
  const rows = (how: RestoredVariable['how']) =>
    variables.filter((variable) => variable.how === how).map(({ name, reason }) => [name, reason ?? ''] as const);
  return toText(
    [
      t('Checkpoint {0}, restored into {1}', quotedName(checkpoint), plainText(session)),
      ...checkpointDetails(checkpoint),
      t('Variables that it does not have stayed as they were.'),
    ],
    [
      { title: t('Not restored'), rows: rows('lost') },
      { title: t('Restored'), rows: rows('restored') },
      { title: t('Rebuilt from their source'), rows: rows('rebuilt') },
      { title: t('Imported again'), rows: rows('imported') },
    ],
  );
}

/** What came back after a worker, or its backend, had gone, as a document. */
export function recoveryReport({ session, checkpoint, known, restored, older, lost }: SessionRecovery): string {
  const { t } = vscode.l10n;
  const names = (all: readonly string[]) => all.map((name) => [name, ''] as const);
  return toText(
    [
      known
        ? t('The worker of {0} ended.', plainText(session.name))
        : t('The backend of {0} ended.', plainText(session.name)),
      checkpoint
        ? t('Its last checkpoint was restored: {0}', new Date(checkpoint.createdAt).toLocaleString())
        : t('There was no checkpoint to restore.'),
    ],
    [
      { title: t('Lost'), rows: lost.map(({ name, reason }) => [name, reason ?? '']) },
      { title: t('As they were at the checkpoint: they had changed since'), rows: names(older) },
      { title: known ? t('As they were last') : t('As they were at the checkpoint'), rows: names(restored) },
    ],
  );
}

function toText(head: readonly string[], sections: readonly Section[]): string {
  const parts = sections
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => {
      const columns = Math.min(MAX_NAME_COLUMNS, Math.max(...rows.map(([name]) => visible(name).length)));
      const lines = rows.map(([name, words]) => `  ${visible(name).padEnd(columns)}  ${visible(words)}`.trimEnd());
      return [`${title} (${rows.length})`, ...lines].join('\n');
    });
  return `${[head.join('\n'), ...parts].join('\n\n')}\n`;
}
