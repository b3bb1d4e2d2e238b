import type * as vscode from 'vscode';
import { dialectNamed, languageOfDialect } from '../../backend/workers/index.ts';
import { setting } from '../platform/settings.ts';
import { FileCells } from './file-cells.ts';

interface Known {
  readonly version: number;
  readonly regions: boolean;
  readonly cells: FileCells;
}

const known = new WeakMap<vscode.TextDocument, Known>();

/** The cells of a document as it is now; undefined when it is not one that can be run. Read once for each version. */
export function documentCells(document: vscode.TextDocument): FileCells | undefined {
  const dialect = dialectNamed(document.languageId);
  if (!dialect || document.uri.scheme === 'vscode-notebook-cell') return undefined;
  const { version } = document;
  const regions = setting('cells.regions');
  const last = known.get(document);
  if (last?.version === version && last.regions === regions) return last.cells;
  const cells = new FileCells(document.getText(), languageOfDialect(dialect), regions);
  known.set(document, { version, regions, cells });
  return cells;
}
