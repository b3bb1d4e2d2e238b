import assert from 'node:assert/strict';
import type { ResultItem } from '../../../../media/protocol.ts';
import { EMPTY_MODEL, update } from '../../../../media/results-model.ts';
import type { PageWords } from '../../../../media/words.ts';

const item = (id: string, status: ResultItem['status'] = 'queued'): ResultItem => ({
  id,
  status,
  place: null,
  title: '',
  by: null,
  at: 0,
  seconds: null,
  value: null,
  table: false,
  problem: null,
  links: [],
  rich: [],
  notKept: null,
  progress: [],
  rerun: false,
});
const words = {} as PageWords;
const host = 'panel';
const start = update(EMPTY_MODEL, { type: 'reset', words, host, items: [item('a'), item('b')], namespaces: [] });
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

  it('appends to the beginning of output, joins what one stream wrote, and replaces the end', () => {
    const part = { id: 'a', cut: 0, tail: [] };
    const one = update(start, { type: 'output', parts: [{ ...part, head: text('x') }] });
    const two = update(one, { type: 'output', parts: [{ ...part, head: text('y'), tail: text('old end') }] });
    assert.deepEqual(two.outputs.get('a')?.head, text('xy'));
    const three = update(two, { type: 'output', parts: [{ id: 'a', head: [], cut: 5, tail: text('end') }] });
    assert.deepEqual(three.outputs.get('a'), { head: text('xy'), cut: 5, tail: text('end') });
    assert.equal(three.outputs.get('a')?.head, two.outputs.get('a')?.head);
  });

  it('forgets what was removed, and everything at a reset', () => {
    const filled = update(start, {
      type: 'output',
      parts: [{ id: 'a', head: text('x'), cut: 0, tail: [] }],
    });
    const removed = update(filled, { type: 'removed', ids: ['a'] });
    assert.deepEqual([removed.items.map(({ id }) => id), removed.outputs.size], [['b'], 0]);
    const reset = update(filled, { type: 'reset', words, host, items: [], namespaces: [] });
    assert.deepEqual([reset.items.length, reset.outputs.size], [0, 0]);
  });
});
