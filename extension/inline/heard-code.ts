import * as vscode from 'vscode';
import { codeRange } from '../cells/cell.ts';
import type { Execution } from '../client/execution.ts';

/** Code of a file that this window has not run itself. */
interface Heard {
  readonly executionId: string;
  readonly path: string;
  readonly code: string;
  /** Where its first character stood when it ran. */
  readonly start: vscode.Position;
}

export interface FoundCode {
  readonly executionId: string;
  readonly range: vscode.Range;
}

/** Executions of other windows and of the command line, until a document of this window has their code. */
export class HeardCode {
  readonly #waiting = new Map<string, Heard>();

  /** @returns false when its code can stand in no file */
  add({ id, source, code }: Execution): boolean {
    if (!source || source.path === null || code === null) return false;
    const start = new vscode.Position(source.line - 1, source.column);
    this.#waiting.set(id, { executionId: id, path: source.path, code, start });
    return true;
  }

  forget(executionIds: ReadonlySet<string>): void {
    for (const id of executionIds) this.#waiting.delete(id);
  }

  /** Those whose code stands in the document now, in the order in which they came. They are not waited for any more. */
  takeFrom(document: vscode.TextDocument): readonly FoundCode[] {
    if (this.#waiting.size === 0 || document.uri.scheme !== 'file') return [];
    const own = [...this.#waiting.values()].filter(({ path }) => path === document.uri.fsPath);
    const found = own.flatMap(({ executionId, code, start }) => {
      const range = rangeIn(document, code, start);
      return range ? [{ executionId, range }] : [];
    });
    for (const { executionId } of found) this.#waiting.delete(executionId);
    return found;
  }
}

/** One of the two windows may have lines that are not saved: then nothing shows here until both have the same. */
function rangeIn(document: vscode.TextDocument, code: string, start: vscode.Position): vscode.Range | undefined {
  const lines = code.split(/\r?\n/);
  const indent = lines.length === 1 ? start.character : 0;
  const end = new vscode.Position(start.line + lines.length - 1, indent + (lines.at(-1)?.length ?? 0));
  return document.getText(new vscode.Range(start, end)) === code ? codeRange(code, start) : undefined;
}
