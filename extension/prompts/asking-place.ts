import path from 'node:path';
import * as vscode from 'vscode';
import type { Prompt } from '../../backend/protocol/client/index.ts';
import type { Executions } from '../client/executions.ts';
import type { InlineResults } from '../inline/inline-results.ts';
import { cellDocument } from '../notebooks/cell-source.ts';

export interface AskingPlace {
  readonly uri: vscode.Uri;
  /** Counts from 0, where the line stands now. */
  readonly line: number;
}

/** The line that asks. Undefined when nobody knows it, or when it is in no file of this machine. */
export function askingPlace(
  { executionId, location }: Pick<Prompt, 'executionId' | 'location'>,
  executions: Executions,
  inline: InlineResults,
): AskingPlace | undefined {
  if (!location) return undefined;
  const { file } = location;
  const line = location.line - 1;
  const execution = executionId === null ? undefined : executions.get(executionId);
  const own = execution?.source?.name === file ? inline.lineNow(execution.id, line) : undefined;
  if (own) return own;
  const cell = cellDocument(file);
  if (cell) return { uri: cell, line };
  // A worker names the file: only a plain absolute path on this machine is opened, never a share of another one.
  if (!path.isAbsolute(file) || /^[\\/]{2}/.test(file)) return undefined;
  return { uri: vscode.Uri.file(file), line };
}
