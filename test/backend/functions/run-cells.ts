import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { dist, type TestWorkspace } from '../../helpers/backend.ts';

/** What `holdfast run --json` has told of one cell. */
export interface CellRecord {
  status: string;
  /** The value. */
  text: string | null;
  /** `Name: message`. */
  error: string | undefined;
  prompt: { readonly capability: string; readonly form: Readonly<Record<string, unknown>> } | null;
  /** Of the lines. */
  readonly types: string[];
}

const HEADS: Readonly<Record<LanguageId, string>> = { python: '# %%', javascript: '// %%' };
const FILES: Readonly<Record<LanguageId, string>> = { python: 'cells.py', javascript: 'cells.js' };

interface Cells {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cells: readonly string[];
  /** Is waited for; the cell waits meanwhile. */
  onPrompt(promptId: string, cell: number): Promise<void>;
  /** Is waited for before what comes later is looked at. */
  onFinished(): Promise<void>;
}

/** Runs cells by the command line, all of them whatever becomes of each, in a terminal that answers nothing. */
export async function runCells(
  workspace: TestWorkspace,
  language: LanguageId,
  { args, env, cells, onPrompt, onFinished }: Cells,
): Promise<readonly CellRecord[]> {
  const file = path.join(path.dirname(workspace.path), FILES[language]);
  await writeFile(file, cells.map((cell) => `${HEADS[language]}\n${cell}\n`).join(''));
  const command = [path.join(dist, 'cli.js'), 'run', file, '--json', '--keep-going', ...args];
  const child = spawn(process.execPath, command, {
    cwd: workspace.path,
    env: { ...workspace.env, ...env },
    // Standard input stays open: its end would close the questions.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const records: CellRecord[] = [];
  try {
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as Record<string, unknown>;
      if (line['type'] === 'cell') {
        records.push({ status: 'running', text: null, error: undefined, prompt: null, types: [] });
      }
      const record = records.at(-1);
      assert.ok(record, text);
      take(record, line);
      if (line['type'] === 'capability_request') await onPrompt(String(line['promptId']), records.length - 1);
      if (line['type'] === 'finished') await onFinished();
    }
    await closed;
  } finally {
    child.kill('SIGKILL');
  }
  return records;
}

function take(record: CellRecord, line: Record<string, unknown>): void {
  record.types.push(String(line['type']));
  switch (line['type']) {
    case 'capability_request':
      record.prompt = line as unknown as CellRecord['prompt'];
      break;
    case 'result':
      record.text = line['text'] as string | null;
      break;
    case 'error':
      record.error = `${line['name']}: ${line['message']}`;
      break;
    case 'finished':
      record.status = String(line['status']);
      break;
  }
}
