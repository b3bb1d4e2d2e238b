import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Dialect } from '../../../backend/protocol/values.ts';
import { Session } from './session.ts';

describe('JavaScript worker: errors', () => {
  let session: Session;

  before(async () => {
    session = await Session.start();
  });

  after(() => session.stop());

  /** The code, and where `@` stands in it (which is taken out): the place the error must name. */
  const cases: [string, string, string, Dialect?][] = [
    ['in the first line', 'null.@x', 'TypeError'],
    ['behind a blanked keyword', 'const a = null.@x', 'TypeError'],
    ['behind two declarations', 'let a, b; const { c } = {}; c.@d', 'TypeError'],
    ['behind an import', 'import fs from "node:fs"; fs.@nope()', 'TypeError'],
    [
      'behind an import of several lines',
      'import {\n  readFileSync,\n  statSync,\n} from "node:fs";\nstatSync.@nope()',
      'TypeError',
    ],
    [
      'in a function',
      'function f() {\n  return 1;\n}\nfunction g(a, b) {\n  throw @new RangeError("no")\n}\ng()',
      'RangeError',
    ],
    ['on the line of a function', 'function f() { throw @new Error("no") } f()', 'Error'],
    ['behind a class', 'class A {} class B { m() { throw @new Error("no") } } new B().m()', 'Error'],
    ['after an await', 'await 1;\nconst x = await 2, y = null.@z', 'TypeError'],
    ['in the first line of an await cell', 'const q = await 1; null.@foo', 'TypeError'],
    ['in the value of an await cell', 'await 1; (1, null).@foo', 'TypeError'],
    ['in a callback', '[1].map((n) => {\n  return n.@foo.bar\n})'.replace('n.@foo.bar', 'n.foo.@bar'), 'TypeError'],
    ['in TypeScript', 'const a: number = 1; const b: string = (null as any).@foo', 'TypeError', 'typescript'],
    [
      'behind an enum',
      'enum E { A, B, C }\nconst v = E.A;\nfunction f(x: number) {\n  throw @new Error("no")\n}\nf(1)',
      'Error',
      'typescript',
    ],
    [
      'behind JSX',
      'globalThis.React = { createElement() {} };\n<a href="x">text</a>;\nnull.@foo',
      'TypeError',
      'typescriptreact',
    ],
    [
      'behind an enum and JSX',
      'globalThis.React = { createElement() {} };\nenum E { A, B }\nconst t: string = "x";\nconst el = <a href={t as string}>text</a>;\nfunction f(x: number) {\n  throw @new Error("no")\n}\nf(1)',
      'Error',
      'typescriptreact',
    ],
    ['in a cell’s value after several statements', 'await 1; 5; if (true) { null.@foo }', 'TypeError'],
    ['of an assignment to a constant', 'const a = 1; [a].map(() => { a @= 2 })', 'TypeError'],
    ['of syntax', 'let a = 1;\nlet b = @= 2', 'SyntaxError'],
    ['of syntax in an await cell', 'await 1;\nlet b = @= 2', 'SyntaxError'],
    ['of syntax in TypeScript', 'let a: number = 1;\nlet b: string = @= 2', 'SyntaxError', 'typescript'],
    ['of syntax in TSX', 'let a = <b></b>;\nlet b: string = @= 2', 'SyntaxError', 'typescriptreact'],
    ['of a name declared twice in one cell', 'let a = 1;\nlet @a = 2', 'SyntaxError'],
  ];
  for (const [what, marked, name, dialect = 'javascript'] of cases) {
    for (const [line, column] of [
      [1, 0],
      [100, 4],
    ] as const) {
      it(`has its true position ${what}, cell at ${line}:${column}`, async () => {
        const at = marked.indexOf('@');
        const before = marked.slice(0, at).split('\n');
        const code = marked.replace('@', '');
        const file = path.join(tmpdir(), 'file.js');
        const { error } = await session.run(dialect, code, { name: file, path: file, line, column });
        assert.equal(error?.name, name);
        const frame = error.frames.at(-1);
        const expected = [
          file,
          line + before.length - 1,
          (before.at(-1)?.length ?? 0) + (before.length === 1 ? column : 0),
        ];
        assert.deepEqual([frame?.file, frame?.line, frame?.column], expected, error.traceback);
        assert.match(error.traceback, new RegExp(`^${file}:${expected[1]}\n`));
        assert.ok(error.traceback.includes(code.split('\n')[before.length - 1] ?? ''), error.traceback);
      });
    }
  }

  it('shows no frame of the engine, in a traceback or in what user code prints', async () => {
    const { error, stdout } = await session.js(
      'function deep() { console.log(new Error("printed").stack); display({ get a() { return 1 } }); throw new Error("thrown") }\ndeep()',
    );
    for (const text of [error?.traceback ?? '', stdout]) {
      assert.match(text, /at deep \(<test>:1/);
      assert.doesNotMatch(text, /worker\.js|node:vm|messageport|async_local_storage|async_hooks/);
    }
    assert.equal(error?.frames.length, 2);
    assert.deepEqual(
      error?.frames.map((frame) => frame.function),
      ['', 'deep'],
    );
  });

  it('carries causes, members of an AggregateError and properties', async () => {
    const { error } = await session.js(
      'const e = new AggregateError([new TypeError("one"), 2], "all", { cause: new Error("why", { cause: "because" }) }); e.code = 7; throw e',
    );
    assert.deepEqual(error?.notes, [
      'One of: TypeError: one',
      'One of: 2',
      'Caused by: Error: why',
      "Caused by: 'because'",
    ]);
    assert.match(error?.traceback ?? '', /\[cause\]: Error: why/);
    assert.match(error?.traceback ?? '', /code: 7/);
  });

  it('names what was thrown that is no error', async () => {
    const { error } = await session.js('throw { code: 3 }');
    assert.equal(error?.message, '{ code: 3 }');
    assert.equal(error?.traceback, 'Uncaught { code: 3 }');
  });

  it("keeps the code of Node's own errors", async () => {
    const { error } = await session.js('require("node:fs").readFileSync(5, 5, 5)');
    assert.match(error?.traceback ?? '', /TypeError \[ERR_INVALID_ARG_(TYPE|VALUE)\]/);
  });

  it('points into a module of the user', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-errors-'));
    await writeFile(path.join(folder, 'bad.mjs'), '\n\nthrow new Error("in a module")');
    const file = path.join(folder, 'cell.js');
    const { error } = await session.js('await import("./bad.mjs")', { path: file, name: file });
    const frame = error?.frames.at(-1);
    assert.deepEqual([frame?.file, frame?.line, frame?.column], [path.join(folder, 'bad.mjs'), 3, 6]);
    await rm(folder, { recursive: true });
  });

  it('explains process.exit', async () => {
    const { error } = await session.js('process.exit(3)');
    assert.equal(error?.name, 'ExitError');
    assert.match(error?.message ?? '', /ends this cell, not the session/);
    assert.equal(await session.text('1'), '1');
  });

  it('leaves the position of an earlier cell alone when its lines are used again', async () => {
    const file = path.join(tmpdir(), 'edited.js');
    await session.js('let a, b, c; function old() { null.x }', { path: file, name: file });
    await session.js('const other = 1; function fresh() {}', { path: file, name: file });
    const { error } = await session.js('old()', { path: file, name: file, line: 9 });
    const frame = error?.frames.at(-1);
    assert.deepEqual([frame?.line, frame?.column, frame?.function], [1, 35, 'old']);
  });
});
