import { l10n } from 'vscode';
import type { Level } from '../../backend/protocol/security.ts';

/** What a level is, in one line. */
export function levelDescription(level: Level): string {
  switch (level) {
    case 'sandbox':
      return l10n.t('Reads the workspace. Everything else is denied, and nothing is asked.');
    case 'restricted':
      return l10n.t('Reads the workspace. Everything else is asked.');
    case 'standard':
      return l10n.t('Reads and writes the workspace, reads the environment. Everything else is asked.');
    case 'trusted':
      return l10n.t('Asks for nothing. What the settings deny is denied.');
    case 'unrestricted':
      return l10n.t('Asks for nothing and denies nothing: what the settings deny does not count.');
  }
}

/** Name of the codicon of a level. */
export function levelIcon(level: Level): string {
  if (level === 'sandbox' || level === 'restricted') return 'lock';
  return level === 'unrestricted' ? 'unlock' : 'shield';
}
