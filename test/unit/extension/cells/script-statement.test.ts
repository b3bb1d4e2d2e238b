import assert from 'node:assert/strict';
import { scriptStatementAt, scriptStatements } from '../../../../extension/cells/script-statement.ts';

const texts = (code: string) => {
  const lines = code.split('\n');
  return scriptStatements(lines).map(({ start, end }) => lines.slice(start, end + 1).join('\n'));
};

describe('the JavaScript or TypeScript statement at a line', () => {
  const cases: readonly (readonly [name: string, statements: readonly string[]])[] = [
    ['statements with and without semicolons', ['const a = 1;', 'let b = a', 'a + b', 'f(); g()']],
    ['brackets over lines', ['const a = [\n  1,\n  { b: 2 },\n]', 'call(\n  a,\n)', 'a']],
    ['method chains', ['fetch(x)\n  .then(a)\n  ?.b', 'c']],
    [
      'operators at either end of a line',
      ['const a =\n  1 +\n  2', 'const b = a\n  ? 1\n  : 2', 'const c = a &&\n  b', 'c'],
    ],
    ['type arguments at the end of a line', ['type A = Array<string>', 'let b: Map<string, A>', 'b']],
    ['arrow functions', ['const f = (a: number) =>\n  a * 2', 'const g = async () => {\n  await f(1)\n}', 'g()']],
    ['declarations and blocks', ['function f() {\n  return 1\n}', '(1)', 'class A\n{\n  x = 1\n}', '[2]']],
    [
      'control flow with every clause',
      ['if (a) {\n  b\n} else if (c) {\n  d\n}\nelse {\n  e\n}', 'try {\n} catch {\n}\nfinally {\n}', 'x'],
    ],
    ['bodies without braces', ['if (a)\n  b()', 'for (const x of y)\n  f(x)', 'do {\n  a()\n}\nwhile (b)', 'c()']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code under test.
    ['templates', ['const a = `one\n${f({ b: `two\n}` })}\nthree`', 'tag\n`text`', "const c = 'it`s'", 'd']],
    ['comments', ['a /* one\n two */ = 1', "b = 2 // it's {", 'c']],
    ['regular expressions', ['const a = /[/"`]{2}\\//g', 'const b = 4 / 2 / 1', 'return /`/', 'c']],
    [
      'interfaces, enums and type aliases',
      [
        'interface A {\n  b: string\n}',
        'enum E {\n  A,\n}',
        'type T =\n  | 1\n  | 2',
        'export type U = {\n  a: 1\n}',
        'x',
      ],
    ],
    ['overloads', ['function f(a: string): void', 'function f(a: number): void', 'function f(a: unknown) {}']],
    ['imports and exports', ['import {\n  a,\n} from "b"', 'export default class {\n}', 'export const c = {\n}', 'c']],
    [
      'an import before a parenthesis',
      ["import a from 'b'", '(await a())', "import 'c'", '[1]', "import('d')\n  .then(e)"],
    ],
    ['decorators', ['@a\n@b({\n  c: 1,\n})\nexport class D {\n}', 'new D()']],
    ['a quote that is not closed', ["const a = 'one", 'const b = 2']],
    ['an unclosed bracket stands alone', ['const a = f(1', 'const b = 2', 'if (x) {', 'c']],
    ['properties named like keywords', ['a.default', 'b.in', 'c']],
  ];
  for (const [name, statements] of cases) {
    it(`splits ${name}`, () => assert.deepEqual(texts(statements.join('\n')), statements));
  }

  it('takes the next statement from a comment or a blank line', () => {
    assert.deepEqual(scriptStatementAt(['// intro', '', 'const a = {', '}', ''], 0), { start: 2, end: 3 });
    assert.equal(scriptStatementAt(['a', '', '// end'], 1), undefined);
  });

  it('copes with a long file in a moment', () => {
    const long = Array.from({ length: 100_000 }, (_, index) => `const name${index} = [${index}, 'text']`);
    const started = performance.now();
    assert.equal(scriptStatements(long).length, long.length);
    assert.ok(performance.now() - started < 4000);
  });
});
