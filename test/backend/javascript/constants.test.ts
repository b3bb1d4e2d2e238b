import assert from 'node:assert/strict';
import { Session } from './session.ts';

describe('JavaScript worker: constants', () => {
  let session: Session;
  before(async () => {
    session = await Session.start();
  });
  after(() => session.stop());

  const forbidden = [
    'x = 2',
    'x += 1',
    'x++',
    '--x',
    '[x] = [2]',
    '[, ...x] = [2]',
    '({ x } = { x: 2 })',
    '({ x = 2 } = {})',
    '({ y: { z: x } } = { y: { z: 2 } })',
    'for (x of [2]);',
    'for (x in { a: 2 });',
    'x &&= 2',
    '(() => { x = 2 })()',
    'change(); function change() { x = 2 }',
    'class C { static { x = 2 } }',
    '{ let y = x; x = y }',
    'await 1; x = 2',
    'const m = import.meta; x = 2',
    'if (true) x = 2; else x = 3',
  ];
  for (const code of forbidden) {
    it(`cannot be assigned to by the cell that declares them: ${code}`, async () => {
      const { error } = await session.js(`const x = 1; ${code}`);
      assert.deepEqual([error?.name, error?.message], ['TypeError', 'Assignment to constant variable.']);
      assert.equal(await session.text('x'), '1');
    });
  }

  it('cannot be assigned to when they are imported', async () => {
    assert.equal((await session.js('import { sep } from "node:path"; sep = 2')).error?.name, 'TypeError');
  });

  const allowed: [string, string][] = [
    ['x ||= 2', '1'],
    ['x ??= 2', '1'],
    ['((x) => { x = 2; return x })(0)', '2'],
    ['(function () { x = 2; var x; return x })()', '2'],
    ['(function () { { var x } x = 2; return x })()', '2'],
    ['(function x() { return typeof x })()', "'function'"],
    ['{ let x; x = 3 }', '3'],
    ['for (let x = 0; x < 1; x++) x', '0'],
    ['try { throw 1 } catch (x) { x = 4 }', '4'],
    ['switch (1) { default: let x; x = 5 }', '5'],
    ['const o = { x: 1 }; o.x = 6; o.x++; [o.x] = [7]', '[ 7 ]'],
    ['globalThis.x = 8', '8'],
    ['try { x = missing() } catch (error) { error.name }', "'ReferenceError'"],
    ['let log = []; try { x = log.push(1) } catch {} log', '[ 1 ]'],
  ];
  for (const [code, expected] of allowed) {
    it(`stand in the way of nothing else: ${code}`, async () => {
      assert.equal(await session.text(`const x = 1; ${code}`), expected);
    });
  }

  it('can be declared anew, and assigned to, by a later cell', async () => {
    await session.js('const x = 1; const get = () => x; const set = (value) => { x = value }');
    assert.equal(await session.text('x = 2'), '2');
    assert.equal(await session.text('const x = 3; get()'), '3');
    assert.equal(await session.text('let x = 4; x = 5; get()'), '5');
    assert.equal((await session.js('set(6)')).error?.name, 'TypeError');
  });

  it('tell the place of the assignment, and no frame of the engine', async () => {
    const { error } = await session.js('const x = 1;\n  x = 2');
    assert.deepEqual(
      error?.frames.map(({ line, column }) => [line, column]),
      [[2, 4]],
      error?.traceback,
    );
    assert.doesNotMatch(error.traceback, /__holdfast|Object\.set/);
  });

  it('throw the same error when user code has replaced TypeError and Proxy', async () => {
    const own = await Session.start();
    await own.js('globalThis.T = TypeError; globalThis.TypeError = globalThis.Proxy = null; Reflect.set = null');
    assert.equal(await own.text('const x = 1; try { x = 2 } catch (error) { error instanceof T }'), 'true');
    await own.stop();
  });
});
