import assert from 'node:assert/strict';
import type { ErrorReport } from '../../../../backend/protocol/values.ts';
import { frameLinks } from '../../../../extension/views/frame-links.ts';

const report = (traceback: string, ...places: [file: string, line: number][]): ErrorReport => ({
  name: 'Error',
  message: 'x',
  frames: places.map(([file, line]) => ({ file, line, column: null, function: 'f' })),
  traceback,
  notes: [],
});
const found = (error: ErrorReport) =>
  frameLinks(error).map(({ start, end, frame }) => `${frame} ${error.traceback.slice(start, end)}`);

describe('the places that a traceback names', () => {
  it('are found in Python, innermost last', () => {
    const traceback =
      'Traceback (most recent call last):\n  File "/w/a.py", line 9, in <module>\n  File "/w/a.py", line 1, in f\nE';
    assert.deepEqual(found(report(traceback, ['/w/a.py', 9], ['/w/a.py', 1])), [
      '0 File "/w/a.py", line 9',
      '1 File "/w/a.py", line 1',
    ]);
  });

  it('are found in JavaScript, innermost first', () => {
    const traceback = 'Error: x\n    at f (/w/a.js:1:7)\n    at /w/a.js:12:1';
    assert.deepEqual(found(report(traceback, ['/w/a.js', 12], ['/w/a.js', 1])), ['1 /w/a.js:1', '0 /w/a.js:12']);
  });

  it('do not end in the middle of a number', () => {
    assert.deepEqual(found(report('File "a", line 12\nFile "a", line 1', ['a', 1])), ['0 File "a", line 1']);
  });

  it('are not made of what a program prints into its message', () => {
    assert.deepEqual(found(report('File "/etc/passwd", line 1\nE: File "/w/b.py", line 3', ['/w/a.py', 9])), []);
  });
});
