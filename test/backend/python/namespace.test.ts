import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`the namespace on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
    });
    after(() => session.stop());

    const names = async (code: string) => {
      const [change] = (await session.run(code)).namespace;
      assert(change);
      return { changed: change.changed.map(({ name }) => name), deleted: change.deleted, total: change.total };
    };

    it('is merged into, also by cells that fail', async () => {
      assert.deepEqual(await names('a = 1\nb = [1]'), { changed: ['a', 'b'], deleted: [], total: 2 });
      assert.deepEqual(await names('c = 3\n1 / 0'), { changed: ['c'], deleted: [], total: 3 });
      assert.deepEqual(await names('pass'), { changed: [], deleted: [], total: 3 });
      assert.deepEqual(await names('b.append(2)'), { changed: ['b'], deleted: [], total: 3 });
      assert.deepEqual(await names('del a'), { changed: [], deleted: ['a'], total: 2 });
      await session.run('globals().clear()');
      assert.equal(await session.text('len([1])'), '1');
      assert.equal(await session.text('__name__'), "'__main__'");
    });

    it('tells type, kind, length and preview', async () => {
      const { namespace } = await session.run(
        'import math as m\nclass K: pass\ndef fn(): pass\nk = K()\nl = [1, "two", [3]]\nd = {"a": 1.5}\ns = "x" * 1000\nn = None',
      );
      const told = Object.fromEntries((namespace[0]?.changed ?? []).map(({ name, ...rest }) => [name, rest]));
      assert.deepEqual(told['m'], {
        type: 'module',
        kind: 'module',
        length: null,
        shape: null,
        preview: '<module math>',
      });
      assert.deepEqual(told['K'], { type: 'type', kind: 'class', length: null, shape: null, preview: '<class K>' });
      assert.deepEqual(told['fn'], {
        type: 'function',
        kind: 'function',
        length: null,
        shape: null,
        preview: '<function fn>',
      });
      assert.deepEqual(told['k'], { type: 'K', kind: 'value', length: null, shape: null, preview: '<K>' });
      assert.deepEqual(told['l'], {
        type: 'list',
        kind: 'value',
        length: 3,
        shape: null,
        preview: "[1, 'two', <list>]",
      });
      assert.deepEqual(told['d'], { type: 'dict', kind: 'value', length: 1, shape: null, preview: "{'a': 1.5}" });
      assert.deepEqual([told['s']?.length, told['s']?.preview.length], [1000, 200]);
      assert.equal(told['n']?.preview, 'None');
    });

    it("keeps the engine's names, whatever a cell does to them", async () => {
      const own = await Session.start(interpreter);
      try {
        await own.run('"first"');
        await own.run('"second"');
        assert.equal(
          await own.text('_, __, _i, In[1], Out[2], _ih is In, _oh is Out'),
          `('second', 'first', '"second"', '"first"', 'second', True, True)`,
        );
        await own.run('_ = In = Out = _i = _exception = "mine"; del _oh');
        assert.equal(await own.text('Out is _oh and isinstance(In, list)'), 'True');
        await own.run('1 / 0');
        assert.equal(await own.text('_exception'), "ZeroDivisionError('division by zero')");
        assert.deepEqual((await own.run('pass')).namespace[0]?.changed, []);
        await own.run('for i in range(5): pass');
        for (let index = 0; index < 1010; index++) own.execute('7');
        assert.equal(await own.text('len(Out) <= 1000 and In[1] == "" and len(In)'), '1021');
      } finally {
        await own.stop();
      }
    });

    it('is the __main__ module: pickle, dataclasses and __file__ work', async () => {
      await session.run('import pickle, sys, dataclasses\n@dataclasses.dataclass\nclass Point:\n  x: int = 1');
      assert.equal(await session.text('pickle.loads(pickle.dumps(Point(3)))'), 'Point(x=3)');
      assert.equal(await session.text('sys.modules["__main__"].__dict__ is globals()'), 'True');
      assert.equal(await session.text('__file__', { path: '/home/ada/tour.py' }), "'/home/ada/tour.py'");
      assert.equal((await session.run('__file__')).error?.name, 'NameError');
    });

    it("imports from the cell's own folder", async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-python-'));
      await mkdir(path.join(folder, 'inner'));
      await writeFile(path.join(folder, 'inner', 'neighbour.py'), 'value = 42\n');
      await writeFile(path.join(folder, 'streams.py'), 'value = "mine"\n');
      const source = { path: path.join(folder, 'inner', 'cell.py') };
      assert.equal(await session.text('import neighbour\nneighbour.value', source), '42');
      const beside = { path: path.join(folder, 'cell.py') };
      assert.equal(await session.text('import streams\nstreams.value', beside), "'mine'");
      assert.equal(await session.text('import sys\nsys.path[0]'), "''");
      await rm(folder, { recursive: true });
    });

    it("a module of the person's does not get in the way of the engine", async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-python-'));
      for (const name of ['random', 'queue', 'socket', 'ctypes', 'traceback', 'token']) {
        await writeFile(path.join(folder, `${name}.py`), 'print("mine")\n');
      }
      const own = await Session.start(interpreter, folder, { ...process.env, PYTHONSAFEPATH: '1' });
      try {
        const source = { path: path.join(folder, 'cell.py') };
        const first = await own.run('import asyncio\nawait asyncio.sleep(0)', source);
        assert.deepEqual([first.stdout, first.status], ['', 'succeeded'], first.error?.traceback);
        assert.equal((await own.run('1 / 0', source)).error?.name, 'ZeroDivisionError');
        assert.equal((await own.run('import token', source)).status, 'succeeded');
      } finally {
        await own.stop();
        await rm(folder, { recursive: true });
      }
    });

    it('future imports hold for the later cells of a file', async () => {
      await session.run('from __future__ import annotations', { path: '/home/ada/f.py' });
      await session.run('def typed(a: Unknown): pass', { path: '/home/ada/f.py' });
      assert.equal(await session.text('typed.__annotations__'), "{'a': 'Unknown'}");
      const other = await session.run('def typed(a: Unknown): pass\ntyped.__annotations__', { path: '/home/ada/g.py' });
      assert.equal(other.error?.name, 'NameError');
    });

    it('calls no code of the person when it is summarised', async () => {
      const { stdout, status } = await session.run(
        'class Spy(dict):\n  def touched(self, *a): print("touched", a)\n  __len__ = __iter__ = __repr__ = __eq__ = __hash__ = __getattr__ = touched\n' +
          '  @property\n  def shape(self): print("shape")\n  @property\n  def __class__(self): print("class")\nspy = Spy()\ntwo = [spy]',
      );
      assert.deepEqual([status, stdout], ['succeeded', '']);
    });

    it('inspect is answered by pages, also while a cell runs', async () => {
      const own = await Session.start(interpreter);
      await own.run('for i in range(1500): globals()[f"v{i}"] = i');
      const busy = own.execute('while True: pass');
      await busy.started;
      const page = own.worker.next('inspected');
      const id = own.worker.send({ type: 'inspect', start: 1000, count: 3 });
      const { replyTo, total, variables } = await page;
      assert.deepEqual([replyTo, total, variables.map(({ name }) => name)], [id, 1501, ['v999', 'v1000', 'v1001']]);
      own.cancel(busy.id);
      assert.equal((await busy.finished).status, 'cancelled');
      const change = (await own.run('for i in range(1500): globals()[f"v{i}"] = -i')).namespace[0];
      assert.deepEqual([change?.truncated, change?.changed.length], [true, 1000]);
      await own.stop();
    });

    it('heartbeats tell the memory and since when it is busy', async () => {
      const busy = session.execute('import time\ntime.sleep(60)');
      await busy.started;
      const beat = await session.worker.next('heartbeat', ({ busySince }) => busySince !== null);
      assert.ok(beat.memory > 1_000_000 && Math.abs(Date.now() - (beat.busySince ?? 0)) < 10_000);
      session.cancel(busy.id);
      await busy.finished;
    });
  });
}
