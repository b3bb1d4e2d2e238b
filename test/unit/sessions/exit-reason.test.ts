import assert from 'node:assert/strict';
import { describeExit } from '../../../backend/sessions/exit-reason.ts';

const none = { code: null, signal: null, fault: null, stderrTail: '' };

describe('the reason of a worker’s end', () => {
  for (const [what, exit, words] of [
    ['an exit code', { ...none, code: 3 }, /exited with code 3/],
    ['a signal', { ...none, signal: 'SIGSEGV' }, /signal SIGSEGV/],
    ['the out-of-memory killer', { ...none, signal: 'SIGKILL' }, /SIGKILL.*memory/],
    [
      'Node’s heap limit',
      { ...none, signal: 'SIGABRT', stderrTail: 'FATAL ERROR: Reached heap limit' },
      /out of memory/,
    ],
    ['a broken protocol', { ...none, signal: 'SIGKILL', fault: new Error('bad frame') }, /bad frame/],
  ] as const) {
    it(`names ${what}`, () => assert.match(describeExit(exit), words));
  }
});
