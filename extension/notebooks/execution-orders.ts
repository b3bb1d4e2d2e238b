import type * as vscode from 'vscode';

interface Counter {
  last: number;
  /** Which worker of each session the notebook's code ran in, by the session's id. */
  readonly workers: Map<string, number | null>;
}

/** The numbers beside cells that have run: they count up, and begin again when none of the workers is left that ran the notebook's code. */
export class ExecutionOrders {
  readonly #counters = new WeakMap<vscode.NotebookDocument, Counter>();
  readonly #workerOf: (sessionId: string) => number | null;

  /** @param workerOf which of its workers a session has now; null when there is no such session. */
  constructor(workerOf: (sessionId: string) => number | null) {
    this.#workerOf = workerOf;
  }

  /** @param isNew the session was started for this run, so that no number of an earlier one holds. */
  next(notebook: vscode.NotebookDocument, sessionId: string, isNew: boolean): number {
    let counter = this.#counters.get(notebook);
    if (!counter) {
      counter = { last: isNew ? 0 : highest(notebook), workers: new Map() };
      this.#counters.set(notebook, counter);
    }
    const { workers } = counter;
    // With cells of two languages, the numbers of the other one go on while its session does.
    const remains = [...workers].some(([session, worker]) => worker === this.#workerOf(session));
    if (workers.size > 0 && !remains) {
      counter.last = 0;
      workers.clear();
    }
    workers.set(sessionId, this.#workerOf(sessionId));
    counter.last++;
    return counter.last;
  }
}

function highest(notebook: vscode.NotebookDocument): number {
  return notebook.getCells().reduce((most, cell) => Math.max(most, cell.executionSummary?.executionOrder ?? 0), 0);
}
