import assert from 'node:assert/strict';
import { pythonStatementAt, pythonStatements } from '../../../../extension/cells/python-statement.ts';

const texts = (code: string) => {
  const lines = code.split('\n');
  return pythonStatements(lines).map(({ start, end }) => lines.slice(start, end + 1).join('\n'));
};

describe('the Python statement at a line', () => {
  const cases: readonly (readonly [name: string, statements: readonly string[]])[] = [
    ['simple statements', ['a = 1', 'b = 2; c = 3', 'print(a)']],
    ['brackets over lines', ['a = [\n  1,\n\n  2,\n]', 'b = (1 +\n2)']],
    ['brackets in strings and comments', ["a = '('  # [", 'b = "{\\""', 'c = 3']],
    ['triple quotes over lines', ['a = """one\n  "two"\n\nthree"""', "b = f'''{a}\n'''", 'c = 1']],
    ['backslash continuations', ['a = 1 + \\\n  2', "b = 'one \\\ntwo'", 'c = 1']],
    [
      'compound statements with every clause',
      ['if a:\n  b\nelif c:\n  d\nelse:\n  e', 'try:\n  a\nexcept* E:\n  b\nfinally:\n  c', 'x'],
    ],
    ['a body with blank lines and comments at the margin', ['def f():\n  a = 1\n\n# note\n\n  return a', 'f()']],
    ['decorators', ['@a\n@b(\n  1)\nclass C:\n  x = 1', '@d\nasync def f(): ...', 'f()']],
    ['match', ['match x:\n  case 1:\n    a\n  case _:\n    b', 'y']],
    ['tabs', ['for i in x:\n\tif i:\n\t\tprint(i)\n\telse:\n\t\tpass', 'z']],
    ['names that begin like clauses', ['elsewhere = 1', 'finally_ = 2']],
    ['an unclosed bracket stands alone', ['a = (1', 'b = 2']],
  ];
  for (const [name, statements] of cases) {
    it(`splits ${name}`, () => assert.deepEqual(texts(statements.join('\n')), statements));
  }

  const lines = ['# intro', '', 'def f():', '  x = 1', '', '  return x', '', '# call it', 'f()', ''];
  for (const [line, start, end] of [
    [0, 2, 5],
    [2, 2, 5],
    [4, 2, 5],
    [6, 8, 8],
    [8, 8, 8],
  ] as const) {
    it(`finds lines ${start} to ${end} from line ${line}`, () =>
      assert.deepEqual(pythonStatementAt(lines, line), { start, end }));
  }

  it('finds nothing after the last statement', () => assert.equal(pythonStatementAt(lines, 9), undefined));

  it('copes with a long file in a moment', () => {
    const long = Array.from({ length: 100_000 }, (_, index) => `name_${index} = [${index}, "text"]`);
    const started = performance.now();
    assert.equal(pythonStatements(long).length, long.length);
    assert.ok(performance.now() - started < 2000);
  });
});
