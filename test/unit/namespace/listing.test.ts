import assert from 'node:assert/strict';
import { Listing } from '../../../extension/views/namespace/listing.ts';
import { known } from './variables.ts';

describe('the list of a session’s variables', () => {
  it('keeps the row of a variable and draws only that when its value changes', () => {
    const listing = new Listing('s1');
    const [a, b] = [known('a'), known('b')];
    assert.equal(listing.update([a, b]).order, true);
    const before = listing.rows;
    const { order, rows, values } = listing.update([a, known('b', { preview: '2' }, 1)]);
    assert.equal(order, false);
    assert.deepEqual(rows, [before[1]]);
    assert.deepEqual(values, [before[1]]);
    assert.equal(listing.rows[1]?.known.variable.preview, '2');
  });

  it('draws a row without its children anew when only its mark changes', () => {
    const listing = new Listing('s1');
    const a = known('a');
    listing.update([{ ...a, mark: 'new' }]);
    const { rows, values } = listing.update([a]);
    assert.equal(rows.length, 1);
    assert.deepEqual(values, []);
  });

  it('draws the list when a variable comes, goes or moves', () => {
    const listing = new Listing('s1');
    const [a, b] = [known('a'), known('b')];
    listing.update([a, b]);
    assert.equal(listing.update([b, a]).order, true);
    assert.equal(listing.update([b]).order, true);
    assert.equal(listing.update([b]).order, false);
  });

  it('shows 500 rows until more are asked for, and draws no row that is not shown', () => {
    const listing = new Listing('s1');
    const many = Array.from({ length: 1200 }, (_, index) => known(`v${index}`));
    listing.update(many);
    assert.equal(listing.rows.length, 500);
    assert.equal(listing.size, 1200);
    const { order, rows } = listing.update(many.with(800, known('v800', { preview: '2' }, 1)));
    assert.equal(order, false);
    assert.deepEqual(rows, []);
    listing.showMore();
    listing.showMore();
    assert.equal(listing.rows.length, 1200);
  });

  it('has no text of a program in an identity', () => {
    const listing = new Listing('s1');
    listing.update([known('__proto__'), known('../../x'), known('\u202e\ud800')]);
    for (const { id } of listing.rows) assert.match(id, /^s1\/\d+$/);
    assert.equal(listing.row('s1/1')?.name, '__proto__');
  });
});
