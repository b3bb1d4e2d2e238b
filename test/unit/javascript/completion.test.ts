import assert from 'node:assert/strict';
import vm from 'node:vm';
import fc from 'fast-check';
import { Compiler } from '../../../backend/workers/javascript/compile/compile.ts';

/** Runs a cell in the shape that a top-level await gives it, up to its value. */
async function completion(code: string): Promise<unknown> {
  const cell = new Compiler().compile(`await 0; ${code}`, 'javascript', {
    name: '<test>',
    path: null,
    line: 1,
    column: 0,
  });
  if (cell instanceof Error) throw cell;
  const context = vm.createContext({});
  for (const name of cell.hoisted) context[name] = undefined;
  if (cell.functions) new vm.Script(cell.functions.code).runInContext(context);
  const frame: { v: unknown; done(): void; fail(error: unknown): void } = {
    v: undefined,
    done: () => {},
    fail: (error) => {
      throw error;
    },
  };
  await (new vm.Script(cell.body.code).runInContext(context) as (given: typeof frame) => Promise<void>)(frame);
  return frame.v;
}

describe('The value of a cell that awaits', () => {
  const cells: [string, unknown][] = [
    ['5; if (false) 6', undefined],
    ['if (true) 7', 7],
    ['if (false) 1; else if (true) 2; else 3', 2],
    ['a: { 5; break a; 6 }', 5],
    ['a: { await 1; 5; if (true) break a; 6 }', undefined],
    ['a: for (const x of [1, 2]) for (const y of [3, 4]) { x * y; continue a }', 6],
    ['switch (1) { case 1: 10; case 2: 20; break; 30 }', 20],
    ['switch (9) { case 1: 10 }', undefined],
    ['switch (1) { case 1: { 10; break } default: 30 }', 10],
    ['do { 7; break } while (1)', 7],
    ['for (let i = 0; i < 3; i++) { if (i === 1) i }', undefined],
    ['for (let i = 0; i < 3; i++) { i; if (i === 1) continue; var late }', undefined],
    ['for (const x in { k: 1 }) x', 'k'],
    ['for (;;) break', undefined],
    ['let n = 0; while (n < 3) { n++; if (n === 2) continue; n * 10 }', 30],
    ['try { 1; throw 2 } catch (e) { e * 10 } finally { 99 }', 20],
    ['try { 1 } finally { 2 }', 1],
    ['try { } catch { 2 }', undefined],
    ['{ 1; { 2; ; } var z }', 2],
    ['{ 1; function f() {} class C {} }', 1],
    ['with ({ w: 4 }) w', 4],
    ['for await (const x of [1, 2, 3]) { if (x === 3) break; x }', undefined],
    ['for await (const x of [1, 2, 3]) x', 3],
    ['if (await true) await 8', 8],
    ['await (async () => 9)()', 9],
  ];
  for (const [code, expected] of cells) {
    it(`is ${expected}: ${code}`, async () => assert.equal(await completion(code), expected));
  }

  // No `catch` is empty: V8 then gives what the block had before it threw, where ECMA-262 has `undefined`.
  const statement = fc.letrec<{ s: string; list: string }>((tie) => ({
    s: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ min: 0, max: 99 }).map((n) => `${n};`),
      fc.constantFrom(';', 'break a;', 'var v;', '{ let l = 1; }'),
      tie('list').map((list) => `{ ${list} }`),
      fc.tuple(fc.boolean(), tie('s')).map(([test, s]) => `if (${test}) ${s}`),
      fc.tuple(fc.boolean(), tie('list'), tie('s')).map(([test, s, t]) => `if (${test}) { ${s} } else ${t}`),
      tie('s').map((s) => `for (const i of [1, 2]) ${s}`),
      tie('list').map((s) => `for (let i = 0; i < 2; i++) { if (i) continue; ${s} }`),
      tie('list').map((s) => `do { ${s} } while (false)`),
      fc.tuple(tie('list'), tie('list')).map(([s, t]) => `try { ${s} throw 0; } catch { 95; ${t} } finally { 98; }`),
      fc
        .tuple(fc.nat(2), tie('list'), tie('list'))
        .map(([n, s, t]) => `switch (${n}) { case 0: ${s} case 1: ${t} break; 97; }`),
      fc.tuple(fc.nat(), tie('s')).map(([n, s]) => `b${n}: { ${s} break b${n}; 96; }`),
    ),
    list: fc.array(tie('s'), { maxLength: 3 }).map((parts) => parts.join(' ')),
  })).s;

  it('is the one that the language gives', async function () {
    this.timeout(20_000);
    await fc.assert(
      fc.asyncProperty(statement, async (body) => {
        // In a block of its own, since labels and jumps must have a place; `undefined` before it, since an empty one has no value.
        const code = `a: { ${body} }`;
        assert.equal(await completion(code), new vm.Script(`undefined; ${code}`).runInContext(vm.createContext({})));
      }),
      { numRuns: 150 },
    );
  });
});
