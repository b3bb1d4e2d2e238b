import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codeBlock, outputBlock } from '../../../../extension/inline/code-block.ts';
import { HOVER_COMMANDS, hoverText } from '../../../../extension/inline/hover-text.ts';
import { english } from '../english.ts';
import { execution, failed, lostBecause, running, succeeded } from './executions.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`).join('\n');
const hover = (it: Parameters<typeof hoverText>[0], stale = false) => hoverText(it, stale, english);

/** The commands that Markdown outside of code blocks links to. */
function commandsOf(markdown: string): (string | undefined)[] {
  const outside = markdown.replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
  return [...outside.matchAll(/\]\(command:([^?)]*)/g)].map(([, command]) => command);
}

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

  it('says how it went, shows the value and links to commands', () => {
    const text = hover(execution(succeeded, { value: '42' }));
    assert.match(text, /^Succeeded in 1\.2 ms · `simple_sync`\n\n```text\n42\n```\n\n\[Copy value\]\(command:/);
    assert.deepEqual(commandsOf(text), ['holdfast.copyValue', 'holdfast.showResults', 'holdfast.rerun']);
    assert.deepEqual(commandsOf(hover(execution(running))), ['holdfast.cancelExecution', 'holdfast.showResults']);
  });

  it('begins with the type and the size of the value, which can be no link either', () => {
    const typed = (type: string, length: number | null, shape: number[] | null = null) =>
      hover(execution({ ...succeeded, facts: { type, length, shape } }, { value: '…' }));
    assert.match(typed('list', 3), /^`list \(3\)` · Succeeded in /);
    assert.match(typed('ndarray', 2, [2, 3]), /^`ndarray \(2 × 3\)` · /);
    assert.match(typed('int', null), /^`int` · /);
    assert.match(typed('a` [x](command:evil) `\n\u202e', null), /^`a' \[x\]\(command:evil\) '␊\\u\{202e\}` · /);
  });

  it('says that it was run again', () =>
    assert.match(hover({ ...execution(succeeded), workersGone: 1 }), /^Succeeded.* · Run 2 times\n\n/));

  it('says that the code has been edited', () =>
    assert.match(hover(execution(succeeded), true), /^Succeeded.*\n\nThe code has been edited since it ran\.\n\n/));

  for (const [what, text] of [
    ['a value', hover(execution(succeeded, { value: numbered(100_000) }))],
    ['output', hover(execution(succeeded, { output: numbered(100_000) }))],
    ['an error', hover(execution(failed('E', '', numbered(9_000))))],
    ['what is left of a lost execution', hover(execution(lostBecause('', numbered(100_000))))],
  ] as const) {
    it(`shows the beginning and the end of ${what} that is long`, () => {
      assert.match(text, /\nline 0\nline 1\n[\s\S]*\n…\n[\s\S]*\nline (99999|8999)\n```/);
      assert.ok(text.length < 8000);
      assert.ok(text.split('\n').length < 80);
    });
  }

  it('shows the beginning and the end of a long line', () => {
    const text = codeBlock(`<${'x'.repeat(1_000_000)}>`);
    assert.match(text, /^```text\n<x{10,}\n…\nx{10,}>\n```$/);
    assert.ok(text.length < 6000);
  });

  it('shows all of what is not long', () =>
    assert.equal(codeBlock(numbered(60)), `\`\`\`text\n${numbered(60)}\n\`\`\``));

  it('of output shows both ends, however much of its middle is kept', () => {
    for (const count of [1, 500, 20_000, 60_000]) {
      const { output } = execution(running, { output: numbered(count) });
      const lines = outputBlock(output).split('\n');
      assert.deepEqual([lines[1], lines.at(-2)], ['line 0', `line ${count - 1}`]);
    }
  });

  it('links to nothing else, whatever a program prints', () => {
    const allowed = new Set<string | undefined>(HOVER_COMMANDS);
    const part = fc.constantFrom(
      '`',
      '```',
      '```text',
      '\n',
      '](command:evil)',
      '[a',
      '<a href="command:evil">',
      '$(x)',
      '\r',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        const shown = [
          hover(execution(succeeded, { value: text })),
          hover(execution(succeeded, { output: text })),
          hover(execution(failed(text, text))),
          hover(execution(lostBecause(text))),
        ];
        for (const command of shown.flatMap(commandsOf)) assert.ok(allowed.has(command), command);
      }),
    );
  });
});
