import assert from 'node:assert/strict';
import type { Child, Completion } from '../../../backend/protocol/inspection.ts';
import type { Variable } from '../../../backend/protocol/values.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { Outgoing } from '../../helpers/worker-process.ts';
import { printed, Session } from './session.ts';

describe('JavaScript worker: inspection', () => {
  let session: Session;

  before(async () => {
    session = await Session.start();
  });

  after(() => session.stop());

  interface Seen {
    readonly value: Variable | null;
    readonly text: string;
    readonly children: readonly Child[];
    readonly total: number;
  }

  async function inspect(expression: string, path: number[] = [], start = 0, count = 100): Promise<Seen> {
    const id = session.worker.send({ type: 'inspect_value', target: { expression, path }, start, count });
    return session.worker.next('value_inspected', ({ replyTo }) => replyTo === id);
  }

  /** Children as `role name preview`. */
  async function children(expression: string, path: number[] = []): Promise<string[]> {
    const seen = await inspect(expression, path);
    return seen.children.map(({ role, variable }) => `${role} ${variable.name} ${variable.preview}`);
  }

  async function complete(expression: string, prefix = '', members: 'attributes' | 'keys' = 'attributes', count = 100) {
    const message: Outgoing = { type: 'complete', target: { expression, path: [] }, members, prefix, count };
    const id = session.worker.send(message);
    return session.worker.next('completed', ({ replyTo }) => replyTo === id);
  }

  async function run(code: string): Promise<void> {
    const { error } = await session.js(code);
    assert.equal(error, null, error?.traceback);
  }

  /** What user code leaves in `ran` when it is called. */
  async function ran(): Promise<string | null> {
    return session.text('JSON.stringify(globalThis.ran ?? [])');
  }

  for (const [declaration, expression, preview] of [
    ['const o1 = { a: { b: [1, 2, { c: "deep" }] } }', 'o1.a.b[2].c', '"deep"'],
    ['const o2 = { "a b": 1 }', 'o2["a b"]', '1'],
    ["const o3 = { 'a': [[7]] }", " o3 . a [ 0 ] ['0'] ", '7'],
    ['class A { static s = 1 }; class B extends A {}', 'B.s', '1'],
    ['const m1 = new Map([[1, 2]])', 'm1.size', '1'],
    ['const t1 = new Uint8Array(7)', 't1.length', '7'],
    ['const s1 = "text"', 's1[1]', '"e"'],
    ['const s2 = "text"', 's2.length', '4'],
    ['const o4 = JSON.parse(\'{"__proto__": 5}\')', 'o4.__proto__', '5'],
    ['var __proto__x = 3', 'globalThis.__proto__x', '3'],
    ['const großes = { ä: 1 }', 'großes.ä', '1'],
    ['41', '_', '41'],
    ['const { version } = process', 'process.version', `"v${process.versions.node}"`],
    ['const g = { get x() { return 1 } }', 'g.x', '<getter>'],
  ] as const) {
    it(`finds ${expression} after ${declaration}`, async () => {
      await run(declaration);
      if (expression === 'process.version') assert.ok((await inspect(expression)).value);
      else assert.equal((await inspect(expression)).value?.preview, preview);
    });
  }

  for (const expression of [
    'missing',
    'known.missing',
    'known.missing.deeper',
    'known?.a',
    'known.#a',
    'known[a]',
    'known["a"]()',
    'known.f()',
    'known.a + 1',
    'known.a; 1',
    'known, known',
    '(known)',
    'new Known',
    'known[`a`]',
    'this.known',
    'known.a =',
    '/* nothing */',
    '',
    ')',
    'known.a // b',
    '`known`',
    'await known',
    'import("node:fs")',
    'known.get.a',
    'proxy.a',
  ]) {
    it(`says that ${JSON.stringify(expression)} is no value it can look at`, async () => {
      await run(`globalThis.ran = []; const known = { a: 1, get get() { ran.push('get') } };
const proxy = new Proxy({ a: 1 }, { get() { ran.push('trap') } })`);
      if (expression === '') return;
      assert.deepEqual((await inspect(expression)).value, null);
      assert.equal(await ran(), "'[]'");
    });
  }

  for (const [what, code, expected] of [
    ['items and holes of an array', '[1, , "x"]', ['item [0] 1', 'item [1] <empty>', 'item [2] "x"']],
    ['properties of an array', 'Object.assign([1], { extra: 2 })', ['item [0] 1', 'attribute extra 2']],
    [
      'only what is there of a sparse array',
      'const a = []; a[5] = 1; a[2e9] = 2; a',
      ['item [5] 1', 'item [2000000000] 2'],
    ],
    ['a typed array', 'new Float32Array([1.5, 2])', ['item [0] 1.5', 'item [1] 2']],
    ['a map', 'new Map([["a", 1], [{ k: 1 }, [2]]])', ['entry "a" 1', 'entry { k: 1 } [2]']],
    ['a set', 'new Set(["a", 2])', ['entry [0] "a"', 'entry [1] 2']],
    [
      'own properties: symbols after names, hidden ones last',
      'Object.defineProperty({ [Symbol("s")]: 1, b: 2, "c d": 3 }, "hidden", { value: 4 })',
      ['attribute b 2', 'attribute c d 3', 'attribute [Symbol(s)] 1', 'attribute hidden 4'],
    ],
    [
      'getters without calling them',
      '({ get a() { for (;;); }, set b(x) {} })',
      ['getter a <getter>', 'getter b <getter>'],
    ],
    [
      'a class instance: fields, then the prototype',
      'new (class Point { x = 1; get norm() { for (;;); } move() {} })()',
      ['attribute x 1', 'prototype [[Prototype]] { constructor: class Point, norm: <getter>, move: ƒ move() }'],
    ],
    ['a bare object', 'Object.assign(Object.create(null), { a: 1 })', ['attribute a 1']],
    ['a promise, which code alone can look into', 'Promise.resolve([1])', []],
    ['a proxy, likewise', 'new Proxy({ a: 1 }, { get() { for (;;); } })', []],
    ['a date', 'new Date(0)', []],
    ['a weak map', 'new WeakMap()', []],
    ['a string', '"text"', []],
    ['a function with properties', 'Object.assign(() => 1, { extra: 2 })', ['attribute extra 2']],
    [
      'a class with static members',
      'class { static count = 3; static make() {} }',
      ['attribute count 3', 'attribute prototype { constructor: class (anonymous) }', 'attribute make ƒ make()'],
    ],
    [
      'a name that objects treat specially',
      'JSON.parse(\'{"__proto__": { "a": 1 }, "constructor": 2 }\')',
      ['attribute __proto__ { a: 1 }', 'attribute constructor 2'],
    ],
  ] as const) {
    it(`lists ${what}`, async () => {
      await run(`globalThis.v = (0, eval)(${JSON.stringify(code.startsWith('class') ? `(${code})` : code)}); 0`);
      const found = await children('v');
      if (what.startsWith('a class with')) assert.deepEqual([...found].sort(), [...expected].sort());
      else assert.deepEqual(found, expected);
    });
  }

  it('lists an error with its trace and its cause, the trace as the engine formats it', async () => {
    await run('const failure = new RangeError("no", { cause: "why" })');
    const found = await children('failure');
    assert.ok(found.includes('attribute message "no"'), String(found));
    assert.ok(found.includes('attribute cause "why"'), String(found));
    assert.ok(
      found.some((child) => child.startsWith('attribute stack "RangeError: no')),
      String(found),
    );
  });

  it('says how an error with computed parts is called only as far as no code runs', async () => {
    await run(`globalThis.ran = [];
class Odd extends Error { get name() { ran.push('name'); return 'n' } get message() { ran.push('message'); return 'm' } }
const odd = new Odd(); const custom = new Error('x'); 0`);
    assert.ok((await children('odd')).includes('getter stack <getter>'));
    await run(
      'const before = Error.prepareStackTrace; Error.prepareStackTrace = () => { ran.push("format"); return "s" }',
    );
    await run('const late = new Error("late")');
    assert.ok((await children('late')).includes('getter stack <getter>'));
    await run('Error.prepareStackTrace = before');
    assert.equal(await ran(), "'[]'");
  });

  it('lists the exports of a module, also those that have no value yet', async () => {
    await run('import * as paths from "node:path/posix"');
    const found = await children('paths');
    assert.ok(found.includes('attribute sep "/"'), String(found));
    assert.ok(!found.some((child) => child.startsWith('prototype')));
  });

  it('follows positions down', async () => {
    await run("const nested = { list: [new Map([['k', { deep: [1, 2] }]])] }");
    assert.equal((await inspect('nested', [0, 0, 0, 0, 1])).value?.preview, '2');
    assert.equal((await inspect('nested.list[0]', [0])).value?.preview, '{ deep: [1, 2] }');
    assert.equal((await inspect('nested', [5])).value, null);
  });

  it('gives accessors that lead to the child again, and none where code has no words', async () => {
    await run(
      `const holder = { plain: 1, 'two words': 2, 3: 3, "quo\\"te": 4, [Symbol('s')]: 5, list: ['x'], map: new Map([['k', 1]]) }`,
    );
    const { children: found } = await inspect('holder');
    for (const { variable, accessor } of found) {
      if (accessor === null) assert.equal(variable.name, '[Symbol(s)]');
      else assert.equal((await inspect(`holder${accessor}`)).value?.preview, variable.preview, accessor);
    }
    assert.equal(found.length, 7);
    assert.deepEqual((await inspect('holder.list')).children[0]?.accessor, '[0]');
    assert.deepEqual((await inspect('holder.map')).children[0]?.accessor, null);
  });

  it('pages through a list of ten million items', async () => {
    await run('const many = Array.from({ length: 1e7 }, (_, i) => i); 0');
    const first = await inspect('many', [], 0, 3);
    assert.deepEqual([first.total, first.children.map(({ variable }) => variable.preview)], [1e7, ['0', '1', '2']]);
    const last = await inspect('many', [], 9_999_999, 100);
    assert.deepEqual(
      last.children.map(({ variable }) => variable.name),
      ['[9999999]'],
    );
    await run('many.length = 0');
  });

  it('pages through maps, sets and objects', async () => {
    await run(`const big = { map: new Map(), set: new Set(), object: {} };
for (let i = 0; i < 5000; i++) { big.map.set('k' + i, i); big.set.add(i); big.object['k' + i] = i; }`);
    for (const name of ['map', 'set', 'object']) {
      const page = await inspect(`big.${name}`, [], 4000, 2);
      assert.equal(page.total, 5000, name);
      assert.deepEqual(
        page.children.map(({ variable }) => variable.preview),
        ['4000', '4001'],
        name,
      );
      assert.equal((await inspect(`big.${name}`, [4999])).value?.preview, '4999', name);
    }
  });

  it('stays within a message when names and values are long', async () => {
    await run(
      'const text = "\\u0001".repeat(1e6), long = {}; for (let i = 0; i < 1000; i++) long["\\u0001".repeat(900) + i] = text',
    );
    const page = await inspect('long', [], 0, 1000);
    assert.equal(page.total, 1000);
    assert.ok(page.children.length > 10 && page.children.length < 1000, String(page.children.length));
    const next = await inspect('long', [], page.children.length, 10);
    assert.equal(next.children.length, 10);
  });

  it('writes a value out over several lines', async () => {
    await run(`const person = { name: 'Ada', tags: ['a', 'b'], nested: { list: [[1, [2, [3]]]], when: new Date(0) }, [Symbol('s')]: 1 };
person.self = person`);
    assert.equal(
      (await inspect('person')).text,
      `{
  name: "Ada",
  tags: ["a", "b"],
  nested: { list: [[1, [2, Array(1)]]], when: 1970-01-01T00:00:00.000Z },
  self: [Circular],
  [Symbol(s)]: 1
}`,
    );
    await run('function documented(a) {\n  // why\n  return a;\n}');
    assert.equal((await inspect('documented')).text, 'function documented(a) {\n  // why\n  return a;\n}');
    await run(
      'const huge = "x".repeat(1e6), tree = Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => ({ a: [1] })))',
    );
    for (const name of ['huge', 'tree']) {
      const { length } = (await inspect(name)).text;
      assert.ok(length > 1000 && length <= 4000, `${name}: ${length}`);
    }
    await run('const weak = new WeakMap()');
    assert.match((await inspect('weak')).text, /WeakMap: what is in it cannot be listed/);
  });

  it('runs no user code', async () => {
    await run(`globalThis.ran = [];
const note = (name) => () => { ran.push(name); for (;;); };
const traps = {};
for (const trap of Object.getOwnPropertyNames(Reflect)) traps[trap] = note(trap);
class Hostile { get x() { note('x')() } get [Symbol.toStringTag]() { note('tag')() } toString() { note('toString')() }
  toJSON() { note('toJSON')() } [Symbol.toPrimitive]() { note('primitive')() } [Symbol.for('nodejs.util.inspect.custom')]() { note('inspect')() }
  get constructor2() { note('c')() } [Symbol.iterator]() { note('iterator')() } }
class List extends Array { [Symbol.iterator]() { note('list')() } get length2() { note('l')() } }
class Odd extends Error { get name() { note('name')() } get message() { note('message')() } get stack() { note('stack')() } }
class Dict extends Map { get size() { note('size')() } entries() { note('entries')() } get() { note('get')() } }
const hostile = { instance: new Hostile(), list: List.from([1]), dict: new Dict(), proxy: new Proxy({}, traps),
  inherits: Object.create(new Proxy({ a: 1 }, traps)), callable: new Proxy(() => {}, traps), broken: Promise.reject(new Odd()), behind: new Proxy(new Odd(), {}), when: Object.assign(new Date(0), { toString: note('date'), toISOString: note('iso') }) };
Map.prototype.set.call(hostile.dict, 'k', 1); hostile.broken.catch(() => {});
const saved = { forEach: Array.prototype.forEach, push: Array.prototype.push, iterator: Array.prototype[Symbol.iterator], get: Map.prototype.get };
Array.prototype.forEach = note('forEach'); Map.prototype.get = note('map.get'); Object.prototype.toJSON = note('Object.toJSON'); 0`);
    for (let i = 0; i < 9; i++) {
      const seen = await inspect('hostile', [i]);
      assert.ok(seen.value, String(i));
      await inspect('hostile', [i, 0]);
    }
    for (const name of ['instance', 'list', 'dict', 'proxy', 'inherits', 'callable', 'broken', 'behind', 'when']) {
      assert.ok((await inspect(`hostile.${name}`)).value, name);
      await complete(`hostile.${name}`);
      await complete(`hostile.${name}`, '', 'keys');
    }
    assert.equal((await inspect('hostile.inherits.a')).value, null);
    await run('Array.prototype.forEach = saved.forEach; Map.prototype.get = saved.get; delete Object.prototype.toJSON');
    assert.equal(await ran(), "'[]'");
  });

  it('answers in the middle of an endless loop with what is there now', async () => {
    const { worker } = session;
    const code = 'let turn = { n: 1, list: [5] }; console.log("loops"); for (;;) turn.n++';
    const loops = worker.next('output');
    const execution = worker.execute({ code, dialect: 'javascript' });
    await loops;
    try {
      // The busy thread is late with an answer, or has not gone on in between, when the machine does not let it.
      const above = (least: number) =>
        eventually(async () => {
          const turn = Number((await inspect('turn.n')).value?.preview);
          assert.ok(turn > least, `${turn} > ${least}`);
          return turn;
        });
      await above(await above(0));
      await eventually(async () => assert.equal((await inspect('turn', [1, 0])).value?.preview, '5'));
      await eventually(async () => {
        const { items } = await complete('turn', 'l');
        assert.deepEqual(
          items.map(({ label }) => label),
          ['list'],
        );
      });
    } finally {
      worker.send({ type: 'cancel', executionId: execution.id });
    }
    assert.equal((await execution.finished).rung, 'interrupt');
  });

  it('answers with what it last knew while native code runs', async () => {
    await run('const lastKnown = [1]');
    const { worker } = session;
    const code = 'require("node:child_process").execSync("echo sleeps; sleep 30", { stdio: "inherit" }); 1';
    const execution = worker.execute({ code, dialect: 'javascript' });
    await printed(worker, execution.id, 'sleeps');
    const seen = await inspect('lastKnown');
    assert.deepEqual([seen.value?.preview, seen.children, seen.total], ['[1]', [], 0]);
    assert.equal((await inspect('never')).value, null);
    assert.deepEqual((await complete('lastKnown')).items, []);
    worker.send({ type: 'interrupt', executionId: execution.id, rung: 'children' });
    await execution.finished;
  });

  describe('completion', () => {
    const labels = (items: readonly Completion[]) => items.map(({ label }) => label);

    it('offers own and inherited names, with what they are', async () => {
      await run(`class Base { get area() { for (;;); } move() {} }
class Shape extends Base { width = 1; static Part = class {}; [Symbol('s')] = 1; 5 = 5; __own = 1 } const shape = new Shape()`);
      const { items, truncated } = await complete('shape');
      assert.equal(truncated, false);
      assert.deepEqual(items.slice(0, 4), [
        { label: 'width', kind: 'property', detail: 'number' },
        { label: 'constructor', kind: 'class', detail: 'Function' },
        { label: 'area', kind: 'property', detail: 'getter' },
        { label: 'move', kind: 'method', detail: 'Function' },
      ]);
      assert.ok(labels(items).includes('toString') && !labels(items).includes('5'));
      assert.ok(!labels(items).some((label) => label.startsWith('__')));
      assert.ok(labels((await complete('shape', '__')).items).includes('__own'));
      assert.deepEqual(labels((await complete('Shape', 'pA')).items), ['Part']);
    });

    it('offers what values of the language have', async () => {
      await run('const words = ["a"], label = "text", pair = new Map()');
      assert.ok(labels((await complete('words', 'fl')).items).includes('flatMap'));
      assert.ok(labels((await complete('label', 'repl')).items).includes('replaceAll'));
      assert.ok(labels((await complete('pair', 'si')).items).includes('size'));
      assert.ok(labels((await complete('Math', 'sq')).items).includes('sqrt'));
      assert.ok(labels((await complete('process', 'vers')).items).includes('versions'));
      assert.deepEqual((await complete('missing')).items, []);
    });

    it('offers keys of objects and maps', async () => {
      await run(`const dictionary = { 'two words': 1, plain: [], __proto__: { inherited: 1 } };
Object.defineProperty(dictionary, 'hidden', { value: 1 }); const table = new Map([['key', 1], [2, 3]])`);
      assert.deepEqual((await complete('dictionary', '', 'keys')).items, [
        { label: 'two words', kind: 'key', detail: 'number' },
        { label: 'plain', kind: 'key', detail: 'Array' },
      ]);
      assert.deepEqual(labels((await complete('table', 'K', 'keys')).items), ['key']);
      assert.deepEqual((await complete('words', '', 'keys')).items, []);
    });

    it('stops at the count that is asked for', async () => {
      await run('const wide = {}; for (let i = 0; i < 3000; i++) wide["k" + i] = i');
      const { items, truncated } = await complete('wide', 'k', 'keys', 1000);
      assert.deepEqual([items.length, truncated], [1000, true]);
    });
  });
});
