import assert from 'node:assert/strict';
import { firstNames } from '../../../backend/workers/javascript/main/summary/own-names.ts';
import { summarize } from '../../../backend/workers/javascript/main/summary/summarize.ts';

const large = () => Object.fromEntries(Array.from({ length: 3000 }, (_, number) => [`k${number}`, number]));

describe('the summary of an object with thousands of properties', () => {
  it('lists its properties once', () => {
    const object = large();
    assert.equal(firstNames(object), firstNames(object));
  });

  it('shows what they are now', () => {
    const object = large();
    assert.match(summarize(object).preview, /^\{ k0: 0, k1: 1, .*, …\}$/);
    object['k1'] = 5;
    object['more'] = 6;
    assert.match(summarize(object).preview, /^\{ k0: 0, k1: 5, .*, …\}$/);
  });

  it('notices that one of those that it shows is gone', () => {
    const object = large();
    summarize(object);
    delete object['k0'];
    assert.match(summarize(object).preview, /^\{ k1: 1, k2: 2, .*, …\}$/);
    for (const name of Object.keys(object).slice(2)) delete object[name];
    const { preview, expandable } = summarize(object);
    assert.deepEqual([preview, expandable], ['{ k1: 1, k2: 2 }', true]);
  });

  it('takes it for no table, whatever its properties are', () => {
    const lists = Object.fromEntries(Array.from({ length: 3000 }, (_, number) => [`k${number}`, [number]]));
    assert.equal(summarize(lists).tabular, false);
    for (const name of Object.keys(lists).slice(0, -2)) delete lists[name];
    assert.equal(summarize(lists).tabular, true);
    assert.equal(summarize({ a: [1], b: [2] }).tabular, true);
  });
});
