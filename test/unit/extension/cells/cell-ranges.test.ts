import assert from 'node:assert/strict';
import { languageById } from '../../../../backend/workers/index.ts';
import { cellRanges, trimBlank } from '../../../../extension/cells/cell-ranges.ts';
import { rangeAtOrAfter } from '../../../../extension/cells/line-range.ts';

const python = languageById('python');

describe('the cells of a file', () => {
  it('is one cell without a marker', () => {
    assert.deepEqual(cellRanges('a\nb', python), [{ start: 0, end: 1 }]);
    assert.deepEqual(cellRanges('a\r\nb\r\n', python), [{ start: 0, end: 1 }]);
  });

  it('starts a cell at each marker and keeps what stands above the first', () => {
    assert.deepEqual(cellRanges('a\n# %% one\nb\n\n# %%\nc\n', python), [
      { start: 0, end: 0 },
      { start: 1, end: 3 },
      { start: 4, end: 5 },
    ]);
  });

  it('takes the next cell from blank lines above it and from Markdown', () => {
    const ranges = cellRanges('\n\n# %% [markdown]\n# text\n# %%\nb', python);
    assert.deepEqual(ranges, [{ start: 4, end: 5 }]);
    assert.deepEqual(rangeAtOrAfter(ranges, 0), { start: 4, end: 5 });
  });

  it('trims blank lines', () => {
    assert.deepEqual(trimBlank(['', 'a', '', 'b', ' '], { start: 0, end: 4 }), { start: 1, end: 3 });
    assert.equal(trimBlank(['', ' '], { start: 0, end: 1 }), undefined);
  });
});
