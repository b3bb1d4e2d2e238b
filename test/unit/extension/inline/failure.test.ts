import assert from 'node:assert/strict';
import type { ErrorReport, Source, StackFrame } from '../../../../backend/protocol/values.ts';
import { failureOf } from '../../../../extension/inline/failure.ts';
import type { Marker } from '../../../../extension/inline/markers.ts';
import { english } from '../english.ts';

const FILE = process.platform === 'win32' ? 'C:\\work\\a.py' : '/work/a.py';
const OTHER = process.platform === 'win32' ? 'C:\\work\\b.py' : '/work/b.py';
const source: Source = { name: FILE, path: FILE, line: 11, column: 0 };
const at = (start: number, end: number, character = 0) => ({
  start: { line: start, character },
  end: { line: end, character: 9 },
});
/** Three lines that ran as lines 11 to 13 and stand there still. */
const marker: Marker = { executionId: 'e', ran: at(10, 12), span: at(10, 12), stale: false };
const frame = (file: string, line: number, name = 'f', column: number | null = 4): StackFrame => ({
  file,
  line,
  column,
  function: name,
});
const error = (frames: StackFrame[], message = 'no'): ErrorReport => ({
  name: 'ValueError',
  message,
  frames,
  traceback: '',
  notes: [],
});
const failure = (frames: StackFrame[], moved = marker) => failureOf(error(frames), source, moved, english);

describe('the line that failed', () => {
  it('is that of the innermost frame in the code that was run', () => {
    const { place, others } = failure([frame(FILE, 11, '<module>'), frame(FILE, 12), frame(OTHER, 1, 'g')]);
    assert.deepEqual(place, { line: 11, character: 4 });
    assert.deepEqual(others, [
      { file: OTHER, place: { line: 0, character: 4 }, message: 'in g' },
      { file: null, place: { line: 10, character: 4 }, message: 'at the top level' },
    ]);
  });

  it('is in the code also when the error came from elsewhere in its file', () => {
    const { place, others } = failure([frame(FILE, 13, '<module>', null), frame(FILE, 3, 'earlier')]);
    assert.deepEqual(place, { line: 12, character: 0 });
    assert.deepEqual(others, [{ file: null, place: { line: 2, character: 4 }, message: 'in earlier' }]);
  });

  it('moves with the code, and sideways in its first line', () => {
    const moved = { ...marker, span: at(30, 32, 5) };
    assert.deepEqual(failure([frame(FILE, 11)], moved).place, { line: 30, character: 9 });
    assert.deepEqual(failure([frame(FILE, 12)], moved).place, { line: 31, character: 4 });
  });

  it('is not known without a frame of the code', () =>
    assert.deepEqual([failure([]).place, failure([frame(OTHER, 11)]).place], [null, null]));

  it('is found by the name of an untitled document', () => {
    const untitled: Source = { name: '<cell-1>', path: null, line: 1, column: 0 };
    const here: Marker = { ...marker, ran: at(0, 0), span: at(0, 0) };
    assert.deepEqual(failureOf(error([frame('<cell-1>', 1)]), untitled, here, english).place, {
      line: 0,
      character: 4,
    });
  });

  it('has beside it no frame that is no file of this machine', () => {
    const names = [
      '<frozen importlib>',
      'node:internal',
      'b.py',
      '//server/share/x',
      '\\\\server\\share\\x',
      'command:evil',
      '',
    ];
    assert.deepEqual(failure(names.map((name) => frame(name, 1))).others, []);
  });

  it('has a bounded number of frames beside it', () =>
    assert.equal(failure(Array.from({ length: 200 }, () => frame(OTHER, 1))).others.length, 20));

  it('is told in words in which nothing is hidden, and not too many', () => {
    const hostile = error([frame(OTHER, 1, 'a\u202eb\u001b[31m')], `[x](command:evil)\u200b\n${'y\n'.repeat(10_000)}`);
    const { message, others } = failureOf({ ...hostile, notes: ['n'] }, source, marker, english);
    assert.match(message, /^ValueError: \[x\]\(command:evil\)\\u\{200b\}\ny\n/);
    assert.ok(message.endsWith('\n…') && message.split('\n').length <= 11);
    assert.equal(others[0]?.message, 'in a\\u{202e}b');
  });
});
