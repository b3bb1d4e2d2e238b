import path from 'node:path';
import * as vscode from 'vscode';
import type { Grant } from '../../../backend/protocol/client/index.ts';
import type { Category } from '../../../backend/protocol/security.ts';
import { originWord } from '../../client/origin-word.ts';
import { plainText } from '../../inline/visible.ts';

export interface GrantWords {
  /** What it covers: `Write: /work/data.csv` */
  readonly label: string;
  /** For how long. */
  readonly scope: string;
  /** Since when, from which line, for whom. */
  readonly details: readonly string[];
}

/** A remembered answer, for a person. */
export function grantWords({ effect, category, target, scope, origin, createdAt, location }: Grant): GrantWords {
  const { t } = vscode.l10n;
  const what = target === '*' ? t('everything') : plainText(target);
  const label = `${categoryWord(category)}: ${what}`;
  return {
    label: effect === 'deny' ? t('Denied: {0}', label) : label,
    scope: scopeWord(scope),
    details: [
      t('since {0}', new Date(createdAt).toLocaleString()),
      ...(location ? [`${path.basename(plainText(location.file))}:${location.line}`] : []),
      ...(origin === 'person' ? [] : [originWord(origin, vscode.l10n)]),
    ],
  };
}

/** What a program does to the world outside it. */
export function categoryWord(category: Category): string {
  const { t } = vscode.l10n;
  switch (category) {
    case 'read':
      return t('Read');
    case 'write':
      return t('Write');
    case 'delete':
      return t('Delete');
    case 'network':
      return t('Network');
    case 'subprocess':
      return t('Command');
    case 'environment':
      return t('Environment');
    case 'native':
      return t('Machine code');
  }
}

function scopeWord(scope: Grant['scope']): string {
  const { t } = vscode.l10n;
  if (scope === 'session') return t('for the session');
  return scope === 'workspace' ? t('in this workspace') : t('always');
}
