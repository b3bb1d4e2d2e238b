import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Execution } from '../../../../extension/client/execution.ts';
import { checkmark, type InlineText, inlineText, shorten } from '../../../../extension/inline/inline-text.ts';
import { visible } from '../../../../extension/inline/visible.ts';
import { english } from '../english.ts';
import { cancelled, execution, failed, lost, running, succeeded } from './executions.ts';

const bar = { done: 340, total: 1000 } as const;
const bars = [
  { ...bar, progressId: 1, label: 'Files', state: 'running' },
  { ...bar, progressId: 2, label: 'Rows', state: 'running' },
  { ...bar, progressId: 3, label: 'Over', state: 'done' },
] as const;

const pick = ({ kind, text }: InlineText) => ({ kind, text });

describe('the text at the end of a line', () => {
  const cases: readonly (readonly [name: string, it: Execution, kind: string, text: string])[] = [
    ['a value', execution(succeeded, { value: '42', output: 'printed\n' }), 'value', '42'],
    ['a value of several lines', execution(succeeded, { value: '\n a\nb\nc\n' }), 'value', 'a … +2 lines'],
    ['a table', execution(succeeded, { value: '   name  n\n0  Ada  1' }), 'value', 'name  n … +1 line'],
    ['an indented line', execution(succeeded, { output: 'sums\n\t  42\n' }), 'output', '42'],
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
    [
      'a running execution with a bar',
      execution(running, { progress: bars }),
      'pending',
      'running 1 min 5 s · Rows 34% · 340/1000',
    ],
    ['a question', execution(running, { waiting: true }), 'pending', 'waiting for input'],
  ];
  for (const [name, it_, kind, text] of cases) {
    it(`says ${JSON.stringify(text)} for ${name}`, () =>
      assert.deepEqual(pick(inlineText(it_, 66_000, 100, english)), { kind, text }));
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

  it('leaves out what is left of a colour where long output was cut', () => {
    const bomb = execution(succeeded, { output: `${'\u001b[31m'.repeat(50_000)}end` });
    assert.equal(inlineText(bomb, 0, 100, english).text, '…end');
  });

  it('says that there are more lines of a long value than are counted', () => {
    assert.match(shorten('x\n'.repeat(50_000_000), 20, english), /^x … and more lines$/);
  });

  for (const [name, it_, kind, text] of [
    ['a value', execution(succeeded, { value: '42' }), 'done', '✓'],
    ['output', execution(succeeded, { output: 'one' }), 'done', '✓'],
    ['an error', execution(failed('ValueError', 'no')), 'error', '✗'],
    ['a cancelled execution', execution(cancelled), 'cancelled', '■'],
    ['a running execution', execution(running), 'pending', 'running 1 min 5 s'],
  ] as const) {
    it(`is ${text} for ${name} where only a check mark is wanted`, () =>
      assert.deepEqual(pick(checkmark(inlineText(it_, 66_000, 100, english))), { kind, text }));
  }
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
