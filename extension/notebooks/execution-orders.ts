import type * as vscode from 'vscode';

interface Counter {
  last: number;
  /** Which worker the last cell ran in, by language. */
  readonly workers: Map<string, number | null>;
}

/** The numbers beside cells that have run: they count up, and begin again when a new worker runs the notebook's code. */
export class ExecutionOrders {
  readonly #counters = new WeakMap<vscode.NotebookDocument, Counter>();

  /**
   * @param isNew the session was started for this run, so that no number of an earlier one holds.
   * @param worker which of the session's workers it runs in.
   */
  next(notebook: vscode.NotebookDocument, language: string, worker: number | null, isNew: boolean): number {
    let counter = this.#counters.get(notebook);
    if (!counter) {
      counter = { last: isNew ? 0 : highest(notebook), workers: new Map() };
      this.#counters.set(notebook, counter);
    }
    const before = counter.workers.get(language);
    // With cells of two languages, the numbers of the other one go on.
    if (before !== undefined && before !== worker && counter.workers.size === 1) counter.last = 0;
    counter.workers.set(language, worker);
    counter.last++;
    return counter.last;
  }
}

function highest(notebook: vscode.NotebookDocument): number {
  return notebook.getCells().reduce((most, cell) => Math.max(most, cell.executionSummary?.executionOrder ?? 0), 0);
}
