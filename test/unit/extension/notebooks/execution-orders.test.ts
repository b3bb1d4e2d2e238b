import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { ExecutionOrders } from '../../../../extension/notebooks/execution-orders.ts';

/** What is asked of a notebook: the numbers that its cells were saved with. */
const notebook = (...orders: (number | undefined)[]) =>
  ({
    getCells: () => orders.map((executionOrder) => ({ executionSummary: { executionOrder } })),
  }) as unknown as vscode.NotebookDocument;

describe('the numbers beside the cells of a notebook', () => {
  it('begin at one in a new session, whatever was saved', () => {
    const orders = new ExecutionOrders();
    const saved = notebook(7, undefined, 9);
    assert.deepEqual([orders.next(saved, 'python', 1, true), orders.next(saved, 'python', 1, false)], [1, 2]);
  });

  it('go on behind the highest in a session that was there before', () => {
    assert.equal(new ExecutionOrders().next(notebook(7, undefined, 9), 'python', 1, false), 10);
  });

  it('begin again in a new worker', () => {
    const orders = new ExecutionOrders();
    const open = notebook();
    orders.next(open, 'python', 1, true);
    orders.next(open, 'python', 1, false);
    assert.equal(orders.next(open, 'python', 2, false), 1);
  });

  it('are shared by two languages, and go on when one of them has a new worker', () => {
    const orders = new ExecutionOrders();
    const open = notebook();
    orders.next(open, 'python', 1, true);
    orders.next(open, 'javascript', 2, true);
    assert.equal(orders.next(open, 'javascript', 3, false), 3);
  });

  it('are counted for each notebook', () => {
    const orders = new ExecutionOrders();
    orders.next(notebook(), 'python', 1, true);
    assert.equal(orders.next(notebook(), 'python', 1, false), 1);
  });
});
