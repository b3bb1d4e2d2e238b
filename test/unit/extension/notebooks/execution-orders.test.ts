import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { ExecutionOrders } from '../../../../extension/notebooks/execution-orders.ts';

/** What is asked of a notebook: the numbers that its cells were saved with. */
const notebook = (...orders: (number | undefined)[]) =>
  ({
    getCells: () => orders.map((executionOrder) => ({ executionSummary: { executionOrder } })),
  }) as unknown as vscode.NotebookDocument;

describe('the numbers beside the cells of a notebook', () => {
  /** The worker that each session has. */
  let workers: Map<string, number>;
  let orders: ExecutionOrders;
  beforeEach(() => {
    workers = new Map([
      ['python', 0],
      ['javascript', 0],
    ]);
    orders = new ExecutionOrders((sessionId) => workers.get(sessionId) ?? null);
  });

  it('begin at one in a new session, whatever was saved', () => {
    const saved = notebook(7, undefined, 9);
    assert.deepEqual([orders.next(saved, 'python', true), orders.next(saved, 'python', false)], [1, 2]);
  });

  it('go on behind the highest in a session that was there before', () => {
    assert.equal(orders.next(notebook(7, undefined, 9), 'python', false), 10);
  });

  it('begin again in a new worker', () => {
    const open = notebook();
    orders.next(open, 'python', true);
    orders.next(open, 'python', false);
    workers.set('python', 1);
    assert.equal(orders.next(open, 'python', false), 1);
  });

  it('begin again in another session when the one before has ended', () => {
    const open = notebook();
    orders.next(open, 'python', true);
    workers.delete('python');
    workers.set('another', 0);
    assert.equal(orders.next(open, 'another', true), 1);
  });

  it('are shared by two languages, and go on when one of them has a new worker', () => {
    const open = notebook();
    orders.next(open, 'python', true);
    orders.next(open, 'javascript', true);
    workers.set('javascript', 1);
    assert.equal(orders.next(open, 'javascript', false), 3);
  });

  it('begin again when both languages have a new worker', () => {
    const open = notebook();
    orders.next(open, 'python', true);
    orders.next(open, 'javascript', true);
    workers.set('javascript', 1).set('python', 1);
    assert.deepEqual([orders.next(open, 'python', false), orders.next(open, 'javascript', false)], [1, 2]);
  });

  it('are counted for each notebook', () => {
    orders.next(notebook(), 'python', true);
    assert.equal(orders.next(notebook(), 'python', false), 1);
  });
});
