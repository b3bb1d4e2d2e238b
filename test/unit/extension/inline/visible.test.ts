import assert from 'node:assert/strict';
import { plainText } from '../../../../extension/inline/visible.ts';

describe('a program’s text in a box or a message', () => {
  for (const [what, text] of [
    ['a command link', '[Click](command:workbench.action.closeWindow)'],
    ['a link with a title', '[Click](https://example.com "title")'],
    ['a link over two lines', 'Name?\n[Click](command:x)'],
  ] as const) {
    it(`makes no link of ${what}`, () => assert.doesNotMatch(plainText(text), /\]\(/));
  }

  it('makes no icon, hides nothing, and keeps plain words as they are', () => {
    assert.doesNotMatch(plainText('$(trash) really?'), /\$\(/);
    assert.equal(plainText('\u001b[31mred\u001b[0m \u202etxt'), 'red \\u{202e}txt');
    assert.equal(plainText('What is your name? (f(x) [1])'), 'What is your name? (f(x) [1])');
  });
});
