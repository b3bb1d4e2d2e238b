import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Dialect, Mode } from '../../../backend/protocol/values.ts';
import { Session, testNode } from './session.ts';

describe('JavaScript worker: cells', () => {
  let session: Session;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-cells-'));
    await mkdir(path.join(folder, 'node_modules/dep'), { recursive: true });
    await writeFile(path.join(folder, 'node_modules/dep/package.json'), '{ "name": "dep", "main": "index.cjs" }');
    await writeFile(path.join(folder, 'node_modules/dep/index.cjs'), 'exports.who = "dep"; module.exports.default = 5');
    await writeFile(path.join(folder, 'm.mjs'), 'export const v = 1; export default class D {}; export { v as "a-b" }');
    await writeFile(path.join(folder, 'bad.mjs'), '\n\nthrow new Error("in a module")');
    await writeFile(path.join(folder, 'data.json'), '{ "n": 7 }');
    await writeFile(path.join(folder, 'typed.ts'), 'export const t: number = 7; export interface I { a: 1 }');
    session = await Session.start(folder);
  });

  after(async () => {
    await session.stop();
    await rm(folder, { recursive: true });
  });

  const values: [string, string | null, Dialect?][] = [
    ['1 + 1', '2'],
    ['1 + 1;', '2'],
    ['"text"', "'text'"],
    ['undefined', null],
    ['const x1 = 5', null],
    ['1; const x2 = 2', null],
    ['function f1() {}', null],
    ['{a: 1}', '{ a: 1 }'],
    ['{a: 1, b: [2]}', '{ a: 1, b: [ 2 ] }'],
    ['{}', '{}'],
    ['{ let q = 4; q }', '4'],
    ['if (true) { 42 } else { 43 }', '42'],
    ['try { nope } catch { 44 }', '44'],
    ['for (let i = 0; i < 3; i++) i', '2'],
    ['for (var i1 = 0; i1 < 3; i1++) { var w1 = i1 }', null],
    ['switch (1) { case 1: "one"; break }', "'one'"],
    ['await 1; if (true) { 42 }', '42'],
    ['await 1; for (const i of [1, 2]) { i * 10 }', '20'],
    ['await 1; try { 5 } finally { 6 }', '5'],
    ['await Promise.resolve(6)', '6'],
    ['await Promise.resolve(6) // comment', '6'],
    ['Promise.resolve(6)', 'Promise { 6 }'],
    [
      'const { a, b: [c = 7, ...d] } = await Promise.resolve({ a: 1, b: [undefined, 2, 3] }); [a, c, d]',
      '[ 1, 7, [ 2, 3 ] ]',
    ],
    ['let q1 = 1\nlet w2 = 2\n;[q1, w2].map((n) => n * 2)', '[ 2, 4 ]'],
    ['let a2 = 1\nlet { b2 } = { b2: 2 }\nlet [c2] = [3]\n;[a2, b2, c2]', '[ 1, 2, 3 ]'],
    ['let o = {}\nlet [e] = [1]; e', '1'],
    ['var a3 = 1, b3, { c3 } = { c3: 3 }; [a3, b3, c3]', '[ 1, undefined, 3 ]'],
    ['let l1; l1', null],
    ['let l2 = 1; let l3\n;[l2, l3]', '[ 1, undefined ]'],
    ['v1; var v1 = 1; v1', '1'],
    ['if (true) var { t } = { t: 1 }; else var u = 2; [t, u]', '[ 1, undefined ]'],
    ['for (var { k } of [{ k: 1 }, { k: 2 }]); k', '2'],
    ['for (var p in { z: 1 }); p', "'z'"],
    ['h1(); function h1() { return "hoisted" }\nh1()', "'hoisted'"],
    ['function once() { once = () => 2; return 1 }\n[once(), once()]', '[ 1, 2 ]'],
    ['function fact(n) { return n < 2 ? 1 : n * fact(n - 1) } fact(5)', '120'],
    ['function* gen() { yield 1 } [...gen()]', '[ 1 ]'],
    ['async function*agen() { yield 1 }\nconst r = []; for await (const x of agen()) r.push(x); r', '[ 1 ]'],
    ['class A1 { static self = new A1(); static n = A1.name } [A1.self instanceof A1, A1.n]', "[ true, 'A1' ]"],
    ['class B1 extends (await Promise.resolve(Array)) {} new B1() instanceof Array', 'true'],
    ['const named = () => {}; function nf() {} [named.name, nf.name]', "[ 'named', 'nf' ]"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code of a cell
    ['`${await 1}${(() => 2)()}`', "'12'"],
    ['export const e1 = 9; export default e1 + 1', '10'],
    ['export default { a: 1 }', '{ a: 1 }'],
    ['export default function named2() { return 3 }\nnamed2()', '3'],
    ['export { e1 as z }; e1', '9'],
    ['"use strict"; const s1 = 1; (function () { return this })() === undefined', 'true'],
    ['#!/usr/bin/env node\n5', '5'],
    ['\ufeff6', '6'],
    ['this === globalThis', 'true'],
    ['[1, 2].at(-1) ?? null', '2'],
    ['label: for (;;) { break label }', null],
    ['let using = 3; using', '3'],
    ['new Error("shown").message', "'shown'"],
    ['import.meta.filename.length > 0 && import.meta.url.startsWith("file://")', 'true'],
    ['await 0; import.meta.dirname === __dirname', 'true'],
    ['function metaIn() { return import.meta.dirname } metaIn() === __dirname', 'true'],
    ['const n: number = 6; n * 7', '42', 'typescript'],
    ['interface P { x: number }\nlet p1 = { x: 1 } as P satisfies P; p1!.x', '1', 'typescript'],
    ['enum E { A, B }\nE.B', '1', 'typescript'],
    ['namespace N { export const x = 1 } N.x', '1', 'typescript'],
    [
      'class Pt { constructor(public x: number, private y = 2) {} sum() { return this.x + this.y } } new Pt(1).sum()',
      '3',
      'typescript',
    ],
    ['{ a: 1 as number }', '{ a: 1 }', 'typescript'],
    ['function id<T>(x: T): T { return x }\nid<string>("s")', "'s'", 'typescript'],
    ['type T1 = number', null, 'typescript'],
    ['import type { X } from "./nowhere"; 3', '3', 'typescript'],
    ['await Promise.resolve<number>(8)', '8', 'typescript'],
    [
      'globalThis.React = { createElement: (t, p, ...c) => ({ t, c }) }; <b>{1}</b>',
      "{ t: 'b', c: [ 1 ] }",
      'javascriptreact',
    ],
    ['const tx: number = 1; <i>{tx}</i>', "{ t: 'i', c: [ 1 ] }", 'typescriptreact'],
    [
      'globalThis.React = { createElement: (t: string, p: object, ...c: unknown[]) => ({ t, c }) };\nenum T { A = 3 } namespace TN { export const a = T.A } <i a={TN.a as any}>{TN.a}</i>',
      "{ t: 'i', c: [ 3 ] }",
      'typescriptreact',
    ],
    ['class P { constructor(public x: number) {} } new P(3).x', '3', 'typescriptreact'],
    ['const generic = <T,>(x: T): T => x; generic<number>(4)', '4', 'typescriptreact'],
    ['import type { X } from "./nowhere"; const x = { a: 1 } satisfies object; await x', '{ a: 1 }', 'typescriptreact'],
    ['const enum CE { X = 5 } CE.X', '5', 'typescript'],
    ['enum E { C = 1 } enum E { D = 2 } [E.C, E.D]', '[ 1, 2 ]', 'typescript'],
    ['namespace N { export const a = 1 } namespace N { export const b = 2 } [N.a, N.b]', '[ 1, 2 ]', 'typescript'],
    ['function NF() { return 1 } namespace NF { export const b = 2 } [NF(), NF.b]', '[ 1, 2 ]', 'typescript'],
    ['class NC {} namespace NC { export const b = 2 } NC.b', '2', 'typescript'],
    ['export enum EE { A = 4 } EE.A', '4', 'typescript'],
    ['export = 5', '5', 'typescript'],
    ['abstract class Ab { abstract x(): void; y = 1 } class Ac extends Ab { x() {} } new Ac().y', '1', 'typescript'],
    ['function ov(a: string): void; function ov(a: any) { return 1 } ov("")', '1', 'typescript'],
    ['declare const dc: number; typeof dc', "'undefined'", 'typescript'],
    ['function df() { return 1 } function df() { return 2 } df()', '2'],
    ['let [ma, mb] = [1, 2]; [ma, mb] = [mb, ma]; [ma, mb]', '[ 2, 1 ]'],
    ['{ a: await 1 }', '{ a: 1 }'],
    ['for await (const x of [1, Promise.resolve(2)]) x', '2'],
    ['export const { a: ea, ...er } = { a: 1, b: 2 }; [ea, er]', '[ 1, { b: 2 } ]'],
    ['export default class Foo { static a = 1 }\nFoo.a', '1'],
    ['export default function () { return 1 }', null],
    ['eval("var ev = 5"); ev', '5'],
    ['010', '8'],
  ];
  for (const [code, expected, dialect] of values) {
    it(`gives ${expected ?? 'no value'} for ${JSON.stringify(code)}`, async () => {
      assert.equal(await session.text(code, dialect), expected);
    });
  }

  const declarations = [
    'const n = 1',
    'let n = 2',
    'var n = 3',
    'function n() {}',
    'class n {}',
    'const { n } = { n: 4 }',
    'import n from "node:fs"',
    'n = 5',
    'let n = await 6',
  ];
  for (const first of declarations) {
    it(`declares again after ${JSON.stringify(first)}`, async () => {
      for (const second of declarations) {
        await session.text(first);
        assert.notEqual(await session.text(`${second}\ntypeof n`), "'undefined'", second);
      }
    });
  }

  it('sees a function that a later cell redefined', async () => {
    await session.text('function inner() { return 1 } function outer() { return inner() }');
    await session.text('function inner() { return 2 }');
    assert.equal(await session.text('outer()'), '2');
  });

  const imports: [string, string][] = [
    ['import { v } from "./m.mjs"; v', '1'],
    ['import D, * as all from "./m.mjs"; [D.name, all.v]', "[ 'D', 1 ]"],
    ['import { "a-b" as ab, default as DD } from "./m.mjs"; [ab, DD.name]', "[ 1, 'D' ]"],
    ['import "./m.mjs"; 1', '1'],
    ['import data from "./data.json" with { type: "json" }; data.n', '7'],
    ['import { who } from "dep"; who', "'dep'"],
    ['require("dep").who + require("./data.json").n', "'dep7'"],
    ['(await import("./m.mjs")).v', '1'],
    ['(() => import("./m.mjs"))().then((m) => m.v)', 'Promise { <pending> }'],
    ['import.meta.resolve("./m.mjs").endsWith("/m.mjs")', 'true'],
    ['later.v\nimport * as later from "./m.mjs"', null as unknown as string],
    ['export * from "./m.mjs"; 2', '2'],
    ['export * as ns from "./m.mjs"; 2', '2'],
    ['export { v as w, default as d } from "./m.mjs"; 2', '2'],
    ['import c, { who } from "dep"; [c.who, who]', "[ 'dep', 'dep' ]"],
    ['import { default as md } from "./m.mjs"; md.name', "'D'"],
    ['(await import("./data.json", { with: { type: "json" } })).default.n', '7'],
    ['[__filename, __dirname].map((p) => p.split(/[\\/]/).at(-1)).length', '2'],
    ['require.resolve("dep") === require("node:path").join(__dirname, "node_modules", "dep", "index.cjs")', 'true'],
    ['require.main === module', 'true'],
  ];
  for (const [code, expected] of imports) {
    it(`imports relative to the file: ${JSON.stringify(code)}`, async () => {
      const elsewhere = await Session.start(tmpdir());
      try {
        const finished = await elsewhere.js(code, { path: path.join(folder, 'cell.js') });
        assert.equal(finished.error, null, finished.error?.traceback);
        assert.equal(finished.text, expected);
      } finally {
        await elsewhere.stop();
      }
    });
  }

  it('imports a TypeScript neighbour (from Node 22.6 on)', async function () {
    const [major = 0, minor = 0] = (await testNode()).version.split('.').map(Number);
    if (major < 22 || (major === 22 && minor < 6)) this.skip();
    const source = { path: path.join(folder, 'cell.ts') };
    for (const code of ['import { type I, t } from "./typed.ts"; t', 'import n = require("./typed.ts"); n.t']) {
      assert.equal((await session.ts(code, source)).text, '7', code);
    }
  });

  it('says what is the matter with decorators', async () => {
    for (const dialect of ['javascript', 'typescript', 'typescriptreact'] as const) {
      const { error } = await session.run(dialect, 'const mark = (c) => c;\n@mark class Marked {}');
      assert.match(error?.message ?? '', /Decorators are not in JavaScript yet.*Call the decorator as a function/);
      assert.deepEqual([error?.frames[0]?.line, error?.frames[0]?.column], [2, 0]);
    }
  });

  it('says when a module lacks a name', async () => {
    const { error } = await session.js('import { nope } from "./m.mjs"');
    assert.match(error?.message ?? '', /does not provide an export named 'nope'/);
    assert.equal((await session.ts('import { OnlyAType } from "./m.mjs"; 1')).text, '1');
  });

  it('disposes what `using` declares at the end of the cell (from Node 24 on)', async function () {
    if (Number((await testNode()).version.split('.')[0]) < 24) this.skip();
    const code =
      'const log = []; using r1 = { [Symbol.dispose]() { log.push("closed") } }; log.push("open"); peek(); function peek() { log.push(typeof r1) }';
    await session.text(code);
    assert.equal(await session.text('log'), "[ 'open', 'object', 'closed' ]");
    await session.text('await using r2 = { async [Symbol.asyncDispose]() { log.push("later") } }; await 1');
    assert.equal(await session.text('log.at(-1)'), "'later'");
  });

  it('reports the mode that it is told: `unknown` when there is none, or the cell does not compile', async () => {
    const { worker } = session;
    const modeOf = async (code: string, mode: Mode | null) => {
      const execution = worker.execute({ code, dialect: 'javascript', mode });
      const started = await execution.started.catch(() => null);
      return [started?.mode, (await execution.finished).mode];
    };
    assert.deepEqual(await modeOf('1', 'blocking_sync'), ['blocking_sync', 'blocking_sync']);
    assert.deepEqual(await modeOf('throw 1', 'simple_sync'), ['simple_sync', 'simple_sync']);
    assert.deepEqual(await modeOf('await 1', 'simple_sync'), ['simple_sync', 'simple_sync']);
    assert.deepEqual(await modeOf('1', null), ['unknown', 'unknown']);
    assert.deepEqual(await modeOf('let = = 1', 'simple_sync'), [undefined, 'unknown']);
  });

  it('shows MIME forms: plain text first, JSON of plain data, what an object offers itself', async () => {
    const mimes = async (code: string) => (await session.js(code)).parts.map(({ mime, bytes }) => `${mime} ${bytes}`);
    assert.deepEqual(await mimes('[{ a: 1 }]'), ['text/plain [ { a: 1 } ]', 'application/json [{"a":1}]']);
    assert.deepEqual(await mimes('[NaN]'), ['text/plain [ NaN ]']);
    assert.deepEqual(
      await mimes('({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>x</b>", "text/plain": "x" }) })'),
      ['text/plain x', 'text/html <b>x</b>'],
    );
    const { displays } = await session.js('display({ a: 1 }); display("two")');
    assert.deepEqual(
      displays.map((parts) => String(parts[0]?.bytes)),
      ['{ a: 1 }', "'two'"],
    );
  });

  it('bounds the text of a value', async () => {
    const { text } = await session.js('"x".repeat(1e7)');
    assert.ok((text?.length ?? 0) <= 100_000);
    const many = await session.js('Array.from({ length: 1e5 }, (_, i) => ({ i, s: "y".repeat(1000) }))');
    assert.ok((many.text?.length ?? 0) <= 100_000);
  });

  it('survives values that do not want to be shown', async () => {
    const hostile = '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no") } })';
    assert.match((await session.js(hostile)).text ?? '', /cannot be inspected: Error: no/);
    assert.match(
      (await session.js('new Proxy({ a: 1 }, { ownKeys() { throw 1 } })')).text ?? '',
      /^(Proxy\()?\{ a: 1 \}\)?$/,
    );
    assert.equal((await session.js('throw { get message() { throw 1 } }')).status, 'failed');
    assert.equal(
      (await session.js('const e = new Error("x"); Object.defineProperty(e, "stack", { get() { throw 1 } }); throw e'))
        .error?.message,
      'x',
    );
    assert.equal((await session.js('throw null')).error?.message, 'null');
  });
});
