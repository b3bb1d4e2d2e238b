import assert from 'node:assert/strict';
import { Statements } from '../../../../extension/cells/statements.ts';
import { inRoot } from '../../../../scripts/lib/paths.ts';

const GRAMMARS = inRoot('node_modules/@vscode/tree-sitter-wasm/wasm');
const HUGE = 5000;
const TIMEOUT_MS = 20_000;

const python = (_: unknown, index: number) => [
  `@cached(${index})`,
  `def f_${index}():`,
  '    text = """',
  `not_${index} = 1`,
  '"""',
  '',
  '    return text',
  `if f_${index}():`,
  '    a',
  'else:',
  '    b',
];
const typescript = (_: unknown, index: number) => [
  `const text${index} = \``,
  `const not${index} = 1`,
  '`',
  `values${index}`,
  '  .map(String)',
  '// %%',
  `if (a${index}) {`,
  '  b()',
  '}',
  'else {',
  '}',
];

describe('the statement at the cursor of a file that is too long to parse', function () {
  this.timeout(TIMEOUT_MS);
  const statements = new Statements(GRAMMARS, assert.fail);

  for (const [dialect, make, ranges] of [
    [
      'python',
      python,
      [
        [0, 6],
        [7, 10],
      ],
    ],
    [
      'typescript',
      typescript,
      [
        [0, 2],
        [3, 4],
        [6, 10],
      ],
    ],
  ] as const) {
    it(`is found in ${dialect}`, async () => {
      const lines = Array.from({ length: HUGE }, make);
      const text = lines.flat().join('\n');
      for (const index of [0, HUGE / 2, HUGE - 1]) {
        const offset = index * 11;
        for (const [start, end] of ranges) {
          for (const line of [start, end - 1, end]) {
            const expected = { start: start + offset, end: end + offset };
            assert.deepEqual(await statements.at(text, line + offset, dialect), expected, `line ${line + offset}`);
          }
        }
      }
    });
  }

  it('is the whole of a statement that is too long itself', async () => {
    const numbers = Array.from({ length: 100_000 }, (_, index) => `    ${index},`);
    const text = ['a = 1', 'numbers = [', ...numbers, ']', 'b = 2'].join('\n');
    assert.deepEqual(await statements.at(text, 50_000, 'python'), { start: 1, end: 100_002 });
  });

  it('is found by its margin alone when there is no parser, and the reason is told', async () => {
    const problems: string[] = [];
    const without = new Statements(inRoot('test/fixtures/no-such-folder'), (problem) => problems.push(problem));
    const text = 'a = 1\n@b\ndef f():\n    """\nc\n"""\nd = 2';
    assert.deepEqual(await without.at(text, 4, 'python'), { start: 1, end: 5 });
    assert.match(problems.join(), /parser of python cannot be loaded/);
  });
});
