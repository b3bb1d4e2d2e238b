import assert from 'node:assert/strict';
import vm from 'node:vm';
import fc from 'fast-check';
import { Compiler } from '../../../backend/workers/javascript/compile/compile.ts';
import type { CompiledCell } from '../../../backend/workers/javascript/shared/messages.ts';

const source = { name: '<test>', path: null, line: 1, column: 0 };

function compile(text: string): CompiledCell {
  const cell = new Compiler().compile(text, 'javascript', source);
  if (cell instanceof Error) throw cell;
  return cell;
}

/** Runs a compiled cell of the plain shape in a context of its own, as the main thread does. */
function runPlain(cell: CompiledCell, context: vm.Context): unknown {
  for (const name of cell.hoisted) if (!(name in context)) context[name] = undefined;
  if (cell.functions) new vm.Script(cell.functions.code).runInContext(context);
  return new vm.Script(cell.body.code).runInContext(context);
}

describe('JavaScript rewriting', () => {
  const table: [string, string][] = [
    ['const a = 1', '      a = 1'],
    ['let a', '    a=void 0'],
    ['var a', '     '],
    ['let [a] = b', ';0, [a] = b'],
    ['const {a} = b', ';0,   {a} = b'],
    ['for (var i = 0;;) break', 'for (    i = 0;;) break'],
    ['if (x) var {a} = b', 'if (x)  0, {a} = b,void 0'],
    ['class A {}', 'A=class A {};'],
    ['export const a = 1', '             a = 1'],
    ['{a: 1}', '({a: 1}\n)'],
    ['function f() { var a; let b }', '                             '],
  ];
  for (const [code, expected] of table) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(code)}`, () => {
      assert.equal(compile(code).body.code, expected);
    });
  }

  it('keeps lines and columns of functions', () => {
    const { functions } = compile('1\nfunction f(a) {\n  return a }\n2');
    assert.equal(functions?.code, ' \nf=function(a) {\n  return a };\n ');
  });

  it('records no positions where nothing moved', () => {
    const cell = compile('const a = 1\nlet b = 2\nfunction f() { throw 1 }\nb');
    assert.deepEqual([cell.body.moved, cell.functions?.moved], [null, null]);
  });

  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const expression: fc.Arbitrary<string> = fc.letrec<{ e: string }>((tie) => ({
    e: fc.oneof(
      { maxDepth: 3 },
      fc.integer({ min: -9, max: 9 }).map((n) => `(${n})`),
      name.map((n) => `(typeof ${n} === 'number' ? ${n} : 0)`),
      fc.tuple(tie('e'), fc.constantFrom('+', '*', '-'), tie('e')).map(([l, op, r]) => `(${l} ${op} ${r})`),
      fc.tuple(name, tie('e')).map(([n, e]) => `((${n}) => ${e})(${e})`),
      tie('e').map((e) => `[${e}].map((x) => x)[0]`),
    ),
  })).e;
  const nested: fc.Arbitrary<string> = fc.oneof(
    expression.map((e) => `${e};`),
    fc.tuple(name, expression).map(([n, e]) => `var v_${n} = ${e};`),
    fc.tuple(name, expression).map(([n, e]) => `let l_${n} = ${e}; l_${n};`),
  );
  /** Statements that each declare their own name: `let` twice in one program is an error in JavaScript as well. */
  const statement = fc.oneof(
    fc.tuple(fc.constantFrom('const', 'let', 'var'), expression).map(
      ([k, e]) =>
        (i: number) =>
          `${k} n${i} = ${e}`,
    ),
    fc.tuple(expression, expression).map(
      ([e, f]) =>
        (i: number) =>
          `const { p: n${i}, q: [m${i} = ${f}] = [] } = { p: ${e} }`,
    ),
    expression.map((e) => (i: number) => `function f${i}(x) { var y = x; return y + ${e} }\nf${i}(${i})`),
    fc.tuple(expression, nested).map(
      ([e, s]) =>
        () =>
          `if (${e} > 0) { ${s} } else { 1 }`,
    ),
    nested.map((s) => (i: number) => `for (var i${i} = 0; i${i} < 2; i${i}++) { ${s} }`),
    nested.map((s) => () => `try { ${s} } catch { 2 }`),
    expression.map((e) => (i: number) => `class C${i} { static s = ${e} }\nC${i}.s`),
    expression.map((e) => () => `;[${e}].length`),
  );
  const program = fc
    .array(statement, { minLength: 1, maxLength: 6 })
    .map((parts) => parts.map((part, i) => part(i)).join('\n'));

  it('runs a program to the same variables and, where it ends in an expression, the same value', () => {
    fc.assert(
      fc.property(program, fc.boolean(), (text, expressionLast) => {
        const code = expressionLast ? `${text}\n;[typeof n0, typeof f0, typeof C1]` : text;
        const names = [...new Set(code.match(/\b(?:n|m|f|C|i)\d\b|\bv_\w\b/g))];
        const probe = `[${names.map((n) => `typeof ${n} === 'function' ? 'function' : typeof ${n} === 'undefined' ? undefined : ${n}`).join(', ')}]`;
        const plain = vm.createContext({});
        const value: unknown = new vm.Script(code).runInContext(plain);
        const rewritten = vm.createContext({});
        const cell = compile(code);
        assert.equal(cell.shape, 'plain');
        const ours = runPlain(cell, rewritten);
        const clean = (from: unknown): unknown => JSON.parse(JSON.stringify(from ?? null));
        assert.deepEqual(
          clean(new vm.Script(probe).runInContext(rewritten)),
          clean(new vm.Script(probe).runInContext(plain)),
        );
        if (cell.hasValue && typeof value !== 'function') assert.deepEqual(clean(ours), clean(value));
        // Any cell can be run again.
        runPlain(compile(code), rewritten);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the number of lines', () => {
    fc.assert(
      fc.property(program, (text) => {
        const cell = compile(text);
        const lines = (code: string) => code.split('\n').length;
        assert.equal(lines(cell.body.code), lines(text));
        if (cell.functions) assert.equal(lines(cell.functions.code), lines(text));
      }),
      { numRuns: 100 },
    );
  });
});
