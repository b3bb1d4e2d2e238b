import assert from 'node:assert/strict';
import { progressText } from '../../../backend/protocol/progress-text.ts';

describe('the text of a bar', () => {
  for (const [label, done, total, text] of [
    ['Rows', 340, 1000, 'Rows 34% · 340/1000'],
    ['', 0, 3, '0% · 0/3'],
    ['Rows', 7, null, 'Rows 7'],
    ['', 999, 1000, '99% · 999/1000'],
    ['', 3, 2, '100% · 3/2'],
    ['', 0, 0, '100% · 0/0'],
    ['', 0.123456, 1, '12% · 0.1235/1'],
    ['', 1e300, null, '1e+300'],
    ['two\nlines\u001b[31m ', 1, null, 'two lines [31m 1'],
  ] as const) {
    it(`is ${text}`, () => assert.equal(progressText({ label, done, total }), text));
  }
});
