import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { interpreters, Session } from './session.ts';

const SUMMARY_FAILED = 'holdfast: The variables cannot be summarised: ZeroDivisionError.\n';

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

    it('tells what changed in place within what it shows, and nothing else', async () => {
      const own = await Session.start(interpreter);
      await own.run(
        'class K: pass\nclass L: pass\ndef fn(): pass\nvalues = dict(ints=[1, 2], zeros=[0.0], ones=[1], texts=["a", "b" * 5000], nested=[[1], K()],' +
          ' pair={"a": 1}, keys={1: 1}, few={1}, none=[], many=list(range(100)), raw=bytearray(b"ab"), k=K(), fn=fn, number=1.5,' +
          ' big=10**5000, long="x" * 5000, span=range(3), one=(1, [2]))\nglobals().update(values)\ndel values',
      );
      const changed = async (code: string) => (await own.run(code)).namespace[0]?.changed.map(({ name }) => name);
      for (const [code, ...expected] of [
        ['pass'],
        ['ints[1] = 3', 'ints'],
        ['ints.append(3)', 'ints'],
        ['ints[0] = 1.0', 'ints'],
        ['zeros[0] = -0.0', 'zeros'],
        ['ones[0] = True', 'ones'],
        ['texts[1] = "b" * 5001'],
        ['texts[1] = "c" * 5001', 'texts'],
        ['nested[0].append(2)'],
        ['nested[0] = (1,)', 'nested'],
        ['nested[1] = L()', 'nested'],
        ['pair["a"] = 2', 'pair'],
        ['pair["a"] = [2]', 'pair'],
        ['keys[2] = keys.pop(1)', 'keys'],
        ['few.add(2)', 'few'],
        ['few.clear()', 'few'],
        ['few.clear()'],
        ['none.append(None)', 'none'],
        ['many[0] = -1', 'many'],
        ['many[99] = -1'],
        ['raw[0] = 0', 'raw'],
        ['k.attribute = 1'],
        ['k.__class__ = L', 'k'],
        ['fn.__name__ = "other"', 'fn'],
        ['one[1].append(3)'],
        ['number += 1', 'number'],
        ['big += 1; long += "x"; span = range(4)', 'big', 'long', 'span'],
        ['for _ in range(3): number += 1.0', 'number'],
        ['pass'],
      ] as const) {
        assert.deepEqual((await changed(code))?.filter((name) => name !== '_').sort(), [...expected].sort(), code);
      }
      await own.stop();
    });

    it("asks no metaclass of the person's whether types are equal", async () => {
      const { stdout, status } = await session.run(
        'class Meta(type):\n  def __eq__(self, other): print("asked"); return True\n  def __hash__(self): print("asked"); return 0\n' +
          '  def __subclasscheck__(self, other): print("asked"); return True\n' +
          'class Odd(metaclass=Meta): pass\nodd = Odd()\nodds = [Odd(), 1]\nodd_by = {"a": Odd()}',
      );
      assert.deepEqual([status, stdout], ['succeeded', '']);
      assert.deepEqual([(await session.run('odds[0] = 1')).stdout], ['']);
    });

    it('tells type, kind, length, preview and what can be opened', async () => {
      const { namespace } = await session.run(
        'import math as m\nclass K: pass\ndef fn(): pass\nk = K()\nl = [1, "two", [3]]\nd = {"a": 1.5}\ns = "x" * 1000\nn = None',
      );
      const told = Object.fromEntries((namespace[0]?.changed ?? []).map(({ name, ...rest }) => [name, rest]));
      assert.deepEqual(told['m'], {
        type: 'module',
        kind: 'module',
        length: null,
        shape: null,
        expandable: true,
        tabular: false,
        preview: '<module math>',
      });
      assert.deepEqual(told['K'], {
        type: 'type',
        kind: 'class',
        length: null,
        shape: null,
        expandable: true,
        tabular: false,
        preview: '<class K>',
      });
      assert.deepEqual(told['fn'], {
        type: 'function',
        kind: 'function',
        length: null,
        shape: null,
        expandable: false,
        tabular: false,
        preview: '<function fn>',
      });
      assert.deepEqual(told['k'], {
        type: 'K',
        kind: 'value',
        length: null,
        shape: null,
        expandable: true,
        tabular: false,
        preview: '<K>',
      });
      assert.deepEqual(told['l'], {
        type: 'list',
        kind: 'value',
        length: 3,
        shape: null,
        expandable: true,
        tabular: true,
        preview: "[1, 'two', <list>]",
      });
      assert.deepEqual(told['d'], {
        type: 'dict',
        kind: 'value',
        length: 1,
        shape: null,
        expandable: true,
        tabular: false,
        preview: "{'a': 1.5}",
      });
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

    it('calls no code of names that are no plain text', async () => {
      const { stdout, namespace } = await session.run(
        'class Name(str):\n  def __str__(self): print("called"); raise ValueError\n  __repr__ = __format__ = __len__ = __str__\n' +
          'class Named: pass\nNamed.__name__ = Name("Odd")\ndef odd(): pass\nodd.__name__ = Name("odd")\nnamed = Named()',
      );
      const previews = Object.fromEntries((namespace[0]?.changed ?? []).map(({ name, preview }) => [name, preview]));
      assert.deepEqual([stdout, previews['named'], previews['odd']], ['', '<Odd>', '<function odd>']);
    });

    it('a namespace that cannot be summarised is told, and does not end the session', async () => {
      const own = await Session.start(interpreter);
      try {
        // A fault of the engine's own, since none is known.
        await own.text(
          'import sys\nmodule = sys.modules["holdfast_worker.namespace"]\nwell = module.summarize\nmodule.summarize = lambda *a: 1 / 0',
        );
        const { status, namespace, stderr } = await own.run('fresh = 1');
        assert.deepEqual([status, namespace[0]?.truncated, namespace[0]?.total], ['succeeded', true, 4]);
        assert.equal(stderr + own.worker.stderr.text(null), SUMMARY_FAILED.repeat(2));
        const page = own.worker.next('inspected');
        own.worker.send({ type: 'inspect', start: 0, count: 10 });
        assert.deepEqual([(await page).variables, (await page).total], [[], 4]);
        const { namespace: after } = await own.run('module.summarize = well');
        assert.ok(after[0]?.changed.some(({ name }) => name === 'fresh'));
      } finally {
        await own.stop();
      }
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
