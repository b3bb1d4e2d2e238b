import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ColoredText, MAX_CHANGES, type TextStyle } from '../../../../media/text/colored-text.ts';
import { terminalLines } from '../../../../media/text/terminal-lines.ts';

const ESC = '\u001b';
/** Only what is not as usual. */
const set = (style: TextStyle) => Object.fromEntries(Object.entries(style).filter(([, value]) => value));
const parts = (...texts: string[]) => {
  const colored = new ColoredText();
  return texts.flatMap((text) => colored.read(text).map((part) => [part.text, set(part.style)]));
};
const lines = (...texts: string[]) =>
  terminalLines(texts.map((text) => ({ stream: 'stdout', text }))).map((line) => line.map(({ text }) => text).join(''));

describe('text with colours', () => {
  for (const [name, text, expected] of [
    ['plain text', 'a\tb', [['a\tb', {}]]],
    [
      'a colour and its end',
      `a${ESC}[31mb${ESC}[0mc`,
      [
        ['a', {}],
        ['b', { foreground: 'red' }],
        ['c', {}],
      ],
    ],
    [
      'several at once',
      `${ESC}[1;4;92;44mx`,
      [['x', { bold: true, underline: true, foreground: 'brightGreen', background: 'blue' }]],
    ],
    [
      'an empty reset',
      `${ESC}[1mx${ESC}[my`,
      [
        ['x', { bold: true }],
        ['y', {}],
      ],
    ],
    [
      'the palette',
      `${ESC}[38;5;9ma${ESC}[38;5;196mb${ESC}[48;5;244mc`,
      [
        ['a', { foreground: 'brightRed' }],
        ['b', { foreground: 'rgb(255, 0, 0)' }],
        ['c', { foreground: 'rgb(255, 0, 0)', background: 'rgb(128, 128, 128)' }],
      ],
    ],
    ['true colour', `${ESC}[38;2;1;20;30;1mx`, [['x', { foreground: 'rgb(1, 20, 30)', bold: true }]]],
    [
      'inverse text',
      `${ESC}[7mx${ESC}[31my`,
      [
        ['x', { foreground: 'background', background: 'foreground' }],
        ['y', { foreground: 'background', background: 'red' }],
      ],
    ],
    ['movement and links', `a${ESC}[2Kb${ESC}[1A${ESC}]8;;http://x\u0007c${ESC}]8;;${ESC}\\d\u0007`, [['abcd', {}]]],
  ] as const) {
    it(`reads ${name}`, () => assert.deepEqual(parts(text), expected));
  }

  it('goes on with the style of what came before', () => {
    assert.deepEqual(parts(`${ESC}[32ma`, 'b', `c${ESC}[0md`), [
      ['a', { foreground: 'green' }],
      ['b', { foreground: 'green' }],
      ['c', { foreground: 'green' }],
      ['d', {}],
    ]);
  });

  it('keeps every character that is no escape, and no escape', () => {
    const pieces = ['a', 'b[1m', `${ESC}[3`, `${ESC}[31m`, `${ESC}]0;t\u0007`, ESC, '\n', '3m', 'é'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (bits) => {
        const text = parts(bits.join(''))
          .map(([text]) => text)
          .join('');
        assert.ok(!text.includes(ESC));
      }),
    );
  });

  it('stops changing colours after many', () => {
    const bomb = Array.from({ length: 10 * MAX_CHANGES }, (_, index) => `${ESC}[3${index % 8}mx`).join('');
    const found = parts(bomb);
    assert.ok(found.length <= MAX_CHANGES + 1);
    assert.equal(found.map(([text]) => text).join('').length, 10 * MAX_CHANGES);
  });
});

describe('the lines of a terminal', () => {
  for (const [name, texts, expected] of [
    ['line ends of two kinds', ['a\nb\r\nc'], ['a', 'b', 'c']],
    ['a progress bar on one line', ['10%', '\r50%', '\r100%\ndone'], ['100%', 'done']],
    ['a carriage return that ends the text', ['10%\r'], ['10%']],
    ['a Windows line end in two pieces', ['a\r', '\nb'], ['a', 'b']],
    ['backspaces', ['ab\bc\b\b\bd'], ['d']],
  ] as const) {
    it(`shows ${name}`, () => assert.deepEqual(lines(...texts), expected));
  }
});
