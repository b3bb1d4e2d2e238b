import assert from 'node:assert/strict';
import { previewBesideType } from '../../../../media/text/variable-type.ts';

describe('the preview of a variable beside its type', () => {
  for (const [preview, shape, shown] of [
    ['3 × 4', [3, 4], ''],
    ['3 × 4 float64', [3, 4], 'float64'],
    ['3 int64', [3], 'int64'],
    ['30 int64', [3], '30 int64'],
    ['[1, 2]', [2], '[1, 2]'],
    ['3 × 4', null, '3 × 4'],
  ] as const) {
    it(`is ${JSON.stringify(shown)} for ${preview} of the shape ${JSON.stringify(shape)}`, () =>
      assert.equal(previewBesideType({ preview, shape: shape && [...shape] }), shown));
  }
});
