import assert from 'node:assert/strict';
import type { PageWords, ResultItem } from '../../../../media/protocol.ts';
import { EMPTY_MODEL, update } from '../../../../media/results-model.ts';

const item = (id: string, status: ResultItem['status'] = 'queued'): ResultItem => ({
  id,
  status,
  place: null,
  title: '',
  at: 0,
  seconds: null,
  value: null,
  problem: null,
});
const words = {} as PageWords;
const start = update(EMPTY_MODEL, { type: 'reset', words, items: [item('a'), item('b')], namespaces: [] });
const text = (value: string) => [{ stream: 'stdout', text: value } as const];

describe('what the results page shows', () => {
  it('changes only the items that are named, and adds new ones at the end', () => {
    const next = update(start, { type: 'items', items: [item('c'), item('b', 'running')] });
    assert.deepEqual(
      next.items.map(({ id, status }) => `${id} ${status}`),
      ['a queued', 'b running', 'c queued'],
    );
    assert.equal(next.items[0], start.items[0]);
  });

  it('appends output and replaces what was cut', () => {
    const part = { id: 'a', replace: false, cut: 0, tail: [] };
    const one = update(start, { type: 'output', parts: [{ ...part, head: text('x') }] });
    const two = update(one, { type: 'output', parts: [{ ...part, head: text('y') }] });
    assert.deepEqual(two.outputs.get('a')?.head, [...text('x'), ...text('y')]);
    const cut = { id: 'a', replace: true, head: text('h'), cut: 5, tail: text('t') };
    assert.deepEqual(update(two, { type: 'output', parts: [cut] }).outputs.get('a'), {
      head: text('h'),
      cut: 5,
      tail: text('t'),
    });
  });

  it('forgets what was removed, and everything at a reset', () => {
    const filled = update(start, {
      type: 'output',
      parts: [{ id: 'a', replace: true, head: text('x'), cut: 0, tail: [] }],
    });
    const removed = update(filled, { type: 'removed', ids: ['a'] });
    assert.deepEqual([removed.items.map(({ id }) => id), removed.outputs.size], [['b'], 0]);
    const reset = update(filled, { type: 'reset', words, items: [], namespaces: [] });
    assert.deepEqual([reset.items.length, reset.outputs.size], [0, 0]);
  });
});
