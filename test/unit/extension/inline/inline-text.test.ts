import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Execution, Phase } from '../../../../extension/client/execution.ts';
import { OutputText } from '../../../../extension/client/output-text.ts';
import { codeBlock, hoverText } from '../../../../extension/inline/hover-text.ts';
import { elapsed, inlineText, shorten } from '../../../../extension/inline/inline-text.ts';
import { visible } from '../../../../extension/inline/visible.ts';
import { english } from '../english.ts';

function execution(phase: Phase, { value = null as string | null, output = '', waiting = false } = {}): Execution {
  const text = new OutputText();
  text.append('stdout', new TextEncoder().encode(output));
  return {
    id: 'e-1',
    sessionId: 's-1',
    dialect: 'python',
    source: null,
    title: null,
    at: 0,
    phase,
    output: text,
    value,
    waiting,
  };
}

const succeeded: Phase = { status: 'succeeded', mode: 'simple_sync', seconds: 0.0012, text: null, parts: null };
const failed = (name: string, message: string): Phase => ({
  status: 'failed',
  mode: 'simple_sync',
  seconds: 1,
  error: { name, message, frames: [], traceback: '', notes: [] },
});
const cancelled: Phase = {
  status: 'cancelled',
  seconds: 1,
  rung: 'interrupt',
  cancelSeconds: 0,
  lost: [],
  error: null,
  reason: null,
};
const lost: Phase = { status: 'lost', seconds: 1, reason: 'It was killed.\nTwice.', stderrTail: '' };
const running: Phase = { status: 'running', mode: 'simple_sync', since: 1000 };

describe('the text at the end of a line', () => {
  const cases: readonly (readonly [name: string, it: Execution, kind: string, text: string])[] = [
    ['a value', execution(succeeded, { value: '42', output: 'printed\n' }), 'value', '42'],
    ['a value of several lines', execution(succeeded, { value: '\n a\nb\nc\n' }), 'value', ' a … +2 lines'],
    ['a value of two lines', execution(succeeded, { value: 'a\r\nb' }), 'value', 'a … +1 line'],
    ['the last line of output', execution(succeeded, { output: 'one\ntwo\n\n' }), 'output', 'two'],
    ['a progress bar', execution(succeeded, { output: '10%\r50%\r100%' }), 'output', '100%'],
    ['nothing', execution(succeeded), 'done', '✓'],
    ['an error', execution(failed('ValueError', 'no\nmore')), 'error', 'ValueError: no … +1 line'],
    ['an error without a message', execution(failed('KeyboardInterrupt', '')), 'error', 'KeyboardInterrupt'],
    ['a cancelled execution', execution(cancelled), 'cancelled', 'cancelled'],
    ['a lost execution', execution(lost), 'lost', 'lost: It was killed. … +1 line'],
    ['a queued execution', execution({ status: 'queued' }), 'pending', 'queued'],
    ['a running execution', execution(running), 'pending', 'running 1 min 5 s'],
    ['a question', execution(running, { waiting: true }), 'pending', 'waiting for input'],
  ];
  for (const [name, it_, kind, text] of cases) {
    it(`says ${JSON.stringify(text)} for ${name}`, () =>
      assert.deepEqual(inlineText(it_, 66_000, 100, english), { kind, text }));
  }

  it('shows no elapsed time in the first second', () =>
    assert.equal(inlineText(execution(running), 1900, 100, english).text, 'running'));

  it('is one line of at most so many characters, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (value) => {
        const text = shorten(value, 20, english);
        assert.ok([...text].length <= 20 + ' … +500 lines'.length, text);
        assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029]|(?!\u200d)\p{Cf}/u);
      }),
    );
  });

  it('looks at the beginning of a long value only', () => {
    const started = performance.now();
    assert.match(shorten('x\n'.repeat(50_000_000), 20, english), /^x … and more lines$/);
    assert.ok(performance.now() - started < 1000);
  });

  it('tells time in two units', () =>
    assert.deepEqual([3_900, 125_000, 3_720_000].map(elapsed), ['3 s', '2 min 5 s', '1 h 2 min']));
});

describe('hidden characters', () => {
  for (const [name, text, shown] of [
    ['colours go', '\u001b[1;31mred\u001b[0m', 'red'],
    ['a link goes', '\u001b]8;;http://x\u0007text\u001b]8;;\u0007', 'text'],
    ['controls get pictures', 'a\u0000b\u0007c', 'a␀b␇c'],
    ['direction overrides are named', 'a\u202eb\u2066', 'a\\u{202e}b\\u{2066}'],
    ['zero-width characters are named', 'a\u200bb\u{e0041}', 'a\\u{200b}b\\u{e0041}'],
    ['an emoji keeps its joiners', '👩‍🚀 👩🏽‍💻 ❤️‍🔥', '👩‍🚀 👩🏽‍💻 ❤️‍🔥'],
    ['other writing stays', 'ελληνικά עברית 日本語', 'ελληνικά עברית 日本語'],
  ] as const) {
    it(`${name}`, () => assert.equal(visible(text), shown));
  }
});

describe('the hover', () => {
  it('puts what the program made into a block that it cannot end', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[`~\n a-z[\]()<>]{0,80}$/), (text) => {
        const lines = codeBlock(text).split('\n');
        const fence = /^`{3,}/.exec(lines[0] ?? '')?.[0] ?? '';
        assert.equal(lines.at(-1), fence);
        for (const line of lines.slice(1, -1)) assert.ok(!line.includes(fence));
      }),
    );
  });

  it('links to the commands that are allowed', () => {
    const text = hoverText(execution(succeeded, { value: '[x](command:evil)' }), english);
    assert.deepEqual(text.split('\n').filter((line) => line.includes('command:')).length, 2);
    assert.match(
      text,
      /^Succeeded in 1\.2 ms · `simple_sync`\n\n```text\n\[x\]\(command:evil\)\n```\n\n\[Copy value\]\(command:holdfast\.copyValue\?/,
    );
  });

  it('is bounded', () =>
    assert.ok(hoverText(execution(succeeded, { value: 'x\n'.repeat(100_000) }), english).length < 8000));
});
