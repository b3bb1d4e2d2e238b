import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAnsi } from '../../../../media/text/ansi.ts';
import { terminalLines } from '../../../../media/text/terminal-lines.ts';

const ESC = '\u001b';
const parts = (text: string) => parseAnsi(text).parts.map((part) => [part.text, part.style]);
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
        ['b', { foreground: '#ff0000' }],
        ['c', { foreground: '#ff0000', background: '#808080' }],
      ],
    ],
    ['true colour', `${ESC}[38;2;1;20;300;1mx`, [['x', { foreground: '#0114ff', bold: true }]]],
    [
      'movement and links',
      `a${ESC}[2Kb${ESC}[1A${ESC}]8;;http://x\u0007c${ESC}]8;;${ESC}\\d\u0007`,
      [
        ['a', {}],
        ['b', {}],
        ['c', {}],
        ['d', {}],
      ],
    ],
  ] as const) {
    it(`reads ${name}`, () => assert.deepEqual(parts(text), expected));
  }

  it('goes on with the style of what came before', () => {
    const { end } = parseAnsi(`${ESC}[32m`);
    assert.deepEqual(parseAnsi('x', end).parts, [{ text: 'x', style: { foreground: 'green' } }]);
  });

  it('keeps every character that is no escape, and no escape', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b[1m', `${ESC}[3`, `${ESC}[31m`, `${ESC}]0;t\u0007`, ESC, '\n', '3m', 'é')),
        (bits) => {
          const text = parseAnsi(bits.join(''))
            .parts.map((part) => part.text)
            .join('');
          assert.ok(!text.includes(ESC));
        },
      ),
    );
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
