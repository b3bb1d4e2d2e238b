import assert from 'node:assert/strict';
import { columnsOf, room, shortenTo } from '../../../../extension/inline/columns.ts';

describe('columns', () => {
  it('count wide characters for two, and tabs up to the next stop', () => {
    assert.equal(columnsOf('añb', 4), 3);
    assert.equal(columnsOf('日本', 4), 4);
    assert.equal(columnsOf('👍', 4), 2);
    assert.equal(columnsOf('\ta\tb', 4), 9);
  });

  for (const [text, columns, shown] of [
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['日本語日本語', 6, '日本…'],
    ['日本語', 6, '日本語'],
    ['', 6, ''],
  ] as const) {
    it(`cut ${JSON.stringify(text)} to ${shown}`, () => assert.equal(shortenTo(text, columns), shown));
  }

  it('are fewer for a result behind a long line, but never too few', () => {
    assert.deepEqual(
      [0, 60, 80, 500].map((code) => room(100, code)),
      [100, 100, 80, 30],
    );
    assert.deepEqual(
      [0, 500].map((code) => room(20, code)),
      [20, 20],
    );
  });
});
