import * as vscode from 'vscode';
import type { GridWords } from '../../media/grid-protocol.ts';

/** The words of the page of a data grid: it cannot translate by itself. */
export function gridWords(): GridWords {
  const { l10n } = vscode;
  return {
    size: l10n.t('{0} rows × {1} columns'),
    filtered: l10n.t('{0} of {1} rows × {2} columns'),
    filter: l10n.t('Filter {0}'),
    filterHint: l10n.t('A part of the text, or >1, <1, =1, empty:, !empty:'),
    clearFilters: l10n.t('Clear filters'),
    exportCsv: l10n.t('Save as CSV'),
    refresh: l10n.t('Refresh'),
    loading: l10n.t('Loading…'),
    index: l10n.t('Index'),
    previousColumns: l10n.t('Previous columns'),
    nextColumns: l10n.t('Next columns'),
    resizeHint: l10n.t('Drag to make the column wider, double-click to fit'),
    columnsShown: l10n.t('Columns {0} to {1}'),
  };
}
