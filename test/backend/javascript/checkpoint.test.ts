import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askForCheckpoint, restore, type Saved, save, told } from '../../helpers/checkpointing.ts';
import { Session } from './session.ts';

describe('JavaScript worker: checkpoints', () => {
  let first: Session;
  let second: Session;
  beforeEach(async () => {
    [first, second] = await Promise.all([Session.start(), Session.start()]);
  });
  afterEach(async () => {
    await Promise.all([first.stop(), second.stop()]);
  });

  async function taken(code: string, question: string, names?: string[]) {
    await first.text(code, 'typescript');
    const saved = await save(first.worker);
    const report = await restore(second.worker, saved, names);
    return { saved: told(saved.manifest.variables), report, answer: await second.text(question) };
  }

  it('take values, functions, classes and imports into another process', async () => {
    const { saved, report, answer } = await taken(
      `import path, { sep as separator } from 'node:path';
import * as os from 'node:os';
const values = [1, -0, NaN, 10n, 'text', undefined, null, true, new Date(0), /a+/gi, new Map([[1, { a: 1 }]]), new Set([2]), new Uint8Array([1, 2])];
let scale: number = 2;
function scaled(x: number, by = scale): number { return x * by; }
class Base { twice() { return scaled(this.x); } constructor(public x: number) {} }
export class Point extends Base { get half() { return this.x / 2; } }
const p = new Point(21);
const square = (x: number) => x * x;
const bare = Object.assign(Object.create(null), { a: 1 });`,
      `[values.length, Object.is(values[1], -0), values[3], values[8].getTime(), values[9].flags, values[10].get(1).a, values[12][1],
        scaled(4), p.twice(), p.half, p instanceof Point, p instanceof Base, square(3), path.sep === separator, typeof os.cpus,
        Object.getPrototypeOf(bare), p.constructor.name].join()`,
    );
    assert.equal(answer, "'13,true,10,0,gi,1,2,8,42,10.5,true,true,9,true,function,,Point'");
    assert.deepEqual(saved, {
      path: 'import',
      separator: 'import',
      os: 'import',
      values: 'stored',
      scale: 'stored',
      scaled: 'source',
      Base: 'source',
      Point: 'source',
      p: 'stored',
      square: 'source',
      bare: 'stored',
    });
    assert.equal(report['p'], 'restored');
    assert.equal(report['Point'], 'rebuilt');
    assert.equal(report['path'], 'imported');
  });

  it('keep what variables share, cycles too', async () => {
    const { answer } = await taken(
      'class Node_ { next = null; } const a = new Node_(); const b = { a, list: [a] }; a.next = b; const alone = { x: 1 };',
      '[b.a === a, b.list[0] === a, a.next === b, a instanceof Node_].join()',
    );
    assert.equal(answer, "'true,true,true,true'");
    const { manifest } = await save(first.worker);
    assert.deepEqual(
      manifest.groups.map(({ names }) => names),
      [['a', 'b'], ['alone']],
    );
  });

  it('keep what v8 leaves out: properties of built-in objects, symbols, hidden ones, whether they can be changed', async () => {
    const { saved, answer } = await taken(
      `class Tag { n = 1; } class Failure extends RangeError { name = 'Failure'; }
const shared = { shared: true };
const map = Object.assign(new Map([[1, 2]]), { note: shared }); const set = Object.assign(new Set(), { tag: new Tag() });
const date = Object.assign(new Date(5), { note: 'd' }); const bytes = Object.assign(new Uint8Array(20000), { note: shared, '01': 'half' });
const long = Object.assign(Array.from({ length: 20000 }, (_, i) => i), { tag: new Tag() }); const match = 'ab'.match(/(?<b>b)/);
const pattern = /a/g; pattern.lastIndex = 3; const text = Object.assign(new String('ab'), { note: 1 });
const error = Object.assign(new Error('outer', { cause: new Failure('inner') }), { code: 'E', shared });
const many = new AggregateError([error], 'many'); const renamed = new TypeError('t'); renamed.name = 'Renamed';
const keyed = { [Symbol.toStringTag]: 'Keyed', [Symbol.for('holdfast.test')]: new Tag(), __proto__: { constructor: Object } };
Object.setPrototypeOf(keyed, Object.prototype);
const hidden = Object.defineProperty({}, 'secret', { value: shared }); const fixed = Object.freeze({ a: Object.seal([1]), m: Object.preventExtensions(new Map()) });
const buffer = Object.assign(Buffer.from('x'), { note: 1 });`,
      `[map.note === shared, map.get(1), set.tag instanceof Tag, date.note, date.getTime(), bytes.note === shared, bytes['01'], long.tag instanceof Tag, long[19999], match.index,
        match.groups.b, pattern.lastIndex, text.note, error.cause instanceof Failure, error.cause.message, error.code, error.shared === shared,
        Object.keys(error).join('+'), many.errors[0] === error, many instanceof AggregateError, renamed instanceof TypeError, String(keyed),
        keyed[Symbol.for('holdfast.test')] instanceof Tag, hidden.secret === shared, Object.keys(hidden).length, Object.isFrozen(fixed), Object.isSealed(fixed.a),
        Object.isExtensible(fixed.m), buffer.note, Buffer.isBuffer(buffer), Object.getOwnPropertyDescriptor(hidden, 'secret').writable].join()`,
    );
    for (const [name, how] of Object.entries(saved)) assert.match(how, /^(stored|source)$/, name);
    assert.equal(
      answer,
      "'true,2,true,d,5,true,half,true,19999,1,b,3,1,true,inner,E,true,code+shared,true,true,true,[object Keyed],true,true,0,true,true,false,1,true,false'",
    );
  });

  it('name what cannot be stored, with the reason, and store the rest', async () => {
    await first.js(`const promise = Promise.resolve(1); const withFunction = { f() {} }; const symbol = Symbol('s');
const proxy = new Proxy({}, { ownKeys() { throw new Error('looked'); } });
const getter = { get x() { throw new Error('called'); } };
class Secret { #hidden = 1; read() { return this.#hidden; } }
const secret = new Secret(); const url = new URL('http://example.com'); const weak = new WeakMap();
const local = (() => { class Local {} return new Local(); })();
const closure = (() => { let n = 0; return () => ++n; })();
const error = new RangeError('e'); const fine = 1;
const own = Object.assign(new Map(), { [Symbol('mine')]: 1 }); const hiddenGetter = Object.defineProperty({}, 'x', { get() { throw new Error('called'); } });
const inCause = new Error('e', { cause: { f() {} } }); const inArray = Object.assign([1], { f() {} });`);
    const saved = told((await save(first.worker)).manifest.variables);
    const expected: Record<string, RegExp> = {
      promise: /^not_stored: .*Promise/,
      withFunction: /^not_stored: It holds a function, f\.$/,
      symbol: /^not_stored: .*could not be cloned/,
      proxy: /^not_stored: A proxy cannot be stored/,
      getter: /^not_stored: It has a getter, x/,
      Secret: /^source$/,
      secret: /^not_stored: It holds an instance of Secret, which has private fields/,
      url: /^not_stored: It holds an instance of URL/,
      weak: /^not_stored: .*WeakMap/,
      local: /^not_stored: It holds an instance of Local, which is not a class that a cell defined/,
      closure: /^not_stored: The source of this function is not known/,
      error: /^stored$/,
      fine: /^stored$/,
      own: /^not_stored: It has a property under Symbol\(mine\), a symbol that nothing outside of this session has/,
      hiddenGetter: /^not_stored: It has a getter, x/,
      inCause: /^not_stored: It holds a function, f\.$/,
      inArray: /^not_stored: .*could not be cloned/,
    };
    assert.deepEqual(Object.keys(saved), Object.keys(expected));
    for (const [name, pattern] of Object.entries(expected)) assert.match(saved[name] ?? '', pattern, name);
  });

  it('merge, and restore chosen variables with the classes that they need', async () => {
    await second.js('const mine = 7');
    const { report, answer } = await taken(
      'class A {} class B extends A {} const b = new B(); const also = [b]; const z = 1;',
      '[mine, b instanceof B, Object.getPrototypeOf(B) === A, typeof globalThis.also, typeof globalThis.z].join()',
      ['b'],
    );
    assert.equal(answer, "'7,true,true,undefined,undefined'");
    const needed = 'rebuilt: It was not asked for, but what was needs it.';
    assert.deepEqual(report, { A: needed, B: needed, b: 'restored' });
  });

  it('run definitions again where they stood', async () => {
    await first.ts('  let unused = 1; function failing(x: string) {\n    throw new Error(x);\n  }', {
      path: '/work/cell.ts',
      line: 10,
    });
    await restore(second.worker, await save(first.worker));
    const finished = await second.js("failing('here')");
    const [frame] = (finished.error?.frames ?? []).filter((one) => one.function === 'failing');
    assert.deepEqual([frame?.file, frame?.line, frame?.column], ['/work/cell.ts', 11, 10]);
    assert.equal(told((await save(second.worker)).manifest.variables)['failing'], 'source');
  });

  it('know a value from the text of its name only when that made it', async () => {
    await first.js('function f() { return 1 }');
    await first.js('f = (() => function f() { return 2 })()');
    await first.js('function g() { return 1 }');
    await first.js('throw new Error("before"); const g = () => 2;');
    const { manifest } = await save(first.worker);
    assert.match(told(manifest.variables)['f'] ?? '', /^not_stored: The source/);
    assert.deepEqual(
      manifest.definitions.map(({ text }) => text),
      ['function g() { return 1 }'],
    );
  });

  it('do not take what the cell itself has put in place of a definition for what the text makes', async () => {
    await first.js(
      'function f() { return 1 } const inner = f; f = () => inner() + 1; let g = () => 1; globalThis.g = ((h) => () => h() + 1)(g)',
    );
    await first.js(
      'class A {} A = class extends A {}; let kept = () => 1; kept(); async function* made(x = import.meta.url) { yield x }',
    );
    await first.js(
      'const shadow = (n) => { let m = 0; const set = () => { m = n }; set(); return m }; export class Named { static make() { return new Named() } }',
    );
    const { manifest } = await save(first.worker);
    const saved = told(manifest.variables);
    for (const name of ['f', 'g', 'A', 'inner']) assert.match(saved[name] ?? '', /^not_stored: The source/, name);
    assert.deepEqual(manifest.definitions.map(({ name }) => name).sort(), ['Named', 'kept', 'made', 'shadow']);
  });

  it('say what the text of a function or class does not bring back', async () => {
    const { saved, report } = await taken(
      `function cached(n) { return cached.seen.get(n) } cached.seen = new Map([[1, 1]]);
function Old() {} Old.prototype.greet = function () { return 'hi' };
class Counter { static count = 0; static of() { return new Counter() } get one() { return 1 } static {} }
Counter.count = 5; Counter.prototype.later = () => 2;
class Plain { static of() {} get one() { return 1 } set one(v) {} *[Symbol.iterator]() {} } const arrow = () => 1; async function later() {}`,
      '1',
    );
    const text = 'It is made again from its text, and may be different in:';
    assert.deepEqual(saved, {
      cached: `source: ${text} seen`,
      Old: `source: ${text} greet`,
      Counter: `source: ${text} count, later`,
      Plain: 'source',
      arrow: 'source',
      later: 'source',
    });
    assert.equal(report['Counter'], `rebuilt: ${text} count, later`);
    assert.equal(report['Plain'], 'rebuilt');
  });

  it('name what is more than a checkpoint can have, and what has no name that can be written', async () => {
    await first.js(
      'globalThis[""] = 1; globalThis["n".repeat(2000)] = 2; for (let i = 0; i < 10_010; i++) globalThis["v" + i] = i',
    );
    const { manifest } = await save(first.worker);
    const { variables } = manifest;
    assert.equal(variables.length, 10_000);
    assert.deepEqual(
      variables.slice(0, 3).map(({ name, how }) => [name.slice(0, 3), how]),
      [
        ["''", 'not_stored'],
        ['nnn', 'not_stored'],
        ['v0', 'stored'],
      ],
    );
    const last = variables.at(-1);
    assert.match(
      `${last?.name} ${last?.how} ${last?.reason}`,
      /^v9997 not_stored A checkpoint has at most 10000 variables. 12 more are left out: v9998, v9999, v10000,.* v10009$/,
    );
  });

  it('stay below the limits, and say which variables do not', async () => {
    await first.js('const big = new Float64Array(1e6), small = 1, one = "1".repeat(6e5), two = "2".repeat(6e5)');
    const each = await save(first.worker, { maxVariableBytes: 1e6 });
    assert.match(told(each.manifest.variables)['big'] ?? '', /^not_stored: It takes more than 0.954 MB/);
    const all = await save(first.worker, { maxVariableBytes: 1e6, maxBytes: 1e6 });
    assert.match(told(all.manifest.variables)['two'] ?? '', /^not_stored: The checkpoint would be larger/);
  });

  it('take many megabytes, in parts', async () => {
    await first.js(
      'const numbers = Float64Array.from({ length: 3e6 }, (_, i) => i); const rows = Array.from({ length: 1e5 }, (_, i) => ({ i }))',
    );
    await restore(second.worker, await save(first.worker));
    assert.equal(
      await second.text('[numbers.length, numbers[2999999], rows[99999].i].join()'),
      "'3000000,2999999,99999'",
    );
  });

  it('are refused while a cell runs, and give way to one when they may', async () => {
    const running = first.worker.execute({ code: 'await new Promise(() => {})', dialect: 'javascript' });
    await running.started;
    assert.equal((await askForCheckpoint(first.worker)).outcome.status, 'busy');
    first.worker.send({ type: 'cancel', executionId: running.id });
    await running.finished;
    // The walk over it takes longer than a cell waits.
    await first.js('const large = Array.from({ length: 3e6 }, (_, i) => ({ i, s: [i] }))');
    const asked = askForCheckpoint(first.worker, { givesWay: true });
    assert.equal(await first.text('6 * 7'), '42');
    assert.equal((await asked).outcome.status, 'busy');
  });

  it('survive what user code did to the built-ins, and parts that are nonsense', async () => {
    await first.js('class Kept {} const kept = [new Kept()]; const x = { a: 1 };');
    await first.js(
      'for (const name of ["map", "push", "forEach", "includes"]) Array.prototype[name] = () => { throw new Error("poison") }; Object.keys = null;',
    );
    const saved = await save(first.worker);
    const broken: Saved = { ...saved, parts: [...saved.parts.slice(0, -1), Buffer.from('?')] };
    const report = await restore(second.worker, broken);
    assert.equal(report['kept'], 'restored');
    assert.match(report['x'] ?? '', /^lost: /);
    assert.equal(await second.text('kept[0] instanceof Kept'), 'true');
  });

  it('load again what require and import() gave, and keep data of theirs as it is now', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hf-checkpoint-'));
    try {
      await writeFile(path.join(folder, 'data.json'), '{"rows": [1]}');
      await first.js(
        `const fs = require('node:fs'), { join, sep: separator = 'x', posix: { basename } } = require('node:path');
const { resolve, win32: windows } = require('node:path'); const promises = require('node:fs').promises;
const url = await import('node:url'); const { URL: Url } = await import('node:url');
const data = require('./data.json'); data.rows.push(2);
let replaced = require('node:os'); replaced = { mine: 1 };`,
        { path: path.join(folder, 'cell.js') },
      );
      const saved = await save(first.worker);
      assert.deepEqual(told(saved.manifest.variables), {
        fs: 'import',
        join: 'import',
        separator: 'stored',
        basename: 'not_stored: The source of this function is not known.',
        resolve: 'import',
        windows: 'import',
        promises: 'import',
        url: 'import',
        Url: 'import',
        data: 'stored',
        replaced: 'stored',
      });
      await restore(second.worker, saved);
      assert.equal(
        await second.text(
          `const again = require('node:path');
[typeof fs.readFileSync, join === again.join, resolve === again.resolve, windows === again.win32, promises === fs.promises, typeof url.parse,
  Url === URL, data.rows.join('-'), replaced.mine].join()`,
        ),
        "'function,true,true,true,true,function,true,1-2,1'",
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('find modules of the project again, and say which are gone', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hf-checkpoint-'));
    try {
      await writeFile(path.join(folder, 'helper.cjs'), 'exports.help = () => "helped"');
      await writeFile(path.join(folder, 'gone.cjs'), 'exports.value = 1');
      const file = path.join(folder, 'cell.js');
      await first.js(
        "import { help } from './helper.cjs'; import * as all from './helper.cjs'; import { value } from './gone.cjs'",
        {
          path: file,
        },
      );
      const saved = await save(first.worker);
      await rm(path.join(folder, 'gone.cjs'));
      const report = await restore(second.worker, saved);
      assert.match(report['value'] ?? '', /^lost: .*Cannot find module/);
      assert.equal(await second.text('help() + typeof all.help'), "'helpedfunction'");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
