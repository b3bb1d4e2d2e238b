import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { interpreters, Session } from './session.ts';

const DEFINITIONS = [
  'import dataclasses, multiprocessing as mp, concurrent.futures',
  'SCALE = 3',
  '@dataclasses.dataclass',
  'class Point:',
  '    x: int',
  'def scaled(x):',
  '    return SCALE * x',
  'def moved(point): return Point(point.x + 1)',
  'def fails(x): raise ValueError(x)',
].join('\n');

for (const interpreter of await interpreters()) {
  describe(`__main__ on Python ${interpreter.version}`, () => {
    let folder: string;
    let file: string;
    let session: Session;
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'holdfast-main-'));
      file = path.join(folder, 'cells.py');
      // Children that run the file, rather than what its cells defined, would print this and start children of their own.
      await writeFile(file, 'print("the file ran")\nimport multiprocessing as mp\nmp.get_context("spawn").Pool(1)\n');
      session = await Session.start(interpreter, folder);
      await session.text(DEFINITIONS, { path: file, line: 10 });
    });
    after(async () => {
      await session.stop();
      await rm(folder, { recursive: true });
    });

    for (const method of ['spawn', 'forkserver', 'fork'] as const) {
      it(`functions and classes of cells work in a pool by ${method}`, async () => {
        const finished = await session.run(
          `with mp.get_context("${method}").Pool(1) as pool:\n  out = pool.map(scaled, [1, 2]), pool.map(moved, [Point(1)])\nout, type(out[1][0]) is Point`,
          { path: file, line: 30 },
        );
        assert.equal(finished.text, '(([3, 6], [Point(x=2)]), True)', finished.error?.traceback);
        assert.deepEqual([finished.stdout, finished.stderr], ['', '']);
      });
    }

    it('also those of cells that are in no file, and in an executor', async () => {
      const finished = await session.run(
        'def halved(x): return x / 2\nwith concurrent.futures.ProcessPoolExecutor(1, mp_context=mp.get_context("spawn")) as pool:\n  out = list(pool.map(halved, [1]))\nout',
      );
      assert.equal(finished.text, '[0.5]', finished.error?.traceback);
    });

    it('the newest definition is the one that children get', async () => {
      await session.run('def versioned(): return 1');
      await session.run('def versioned(): return 2');
      const pool = 'with mp.get_context("spawn").Pool(1) as pool: out = pool.apply(versioned)\nout';
      assert.equal(await session.text(pool), '2');
    });

    it('an error in a child names the file and the line of the cell', async () => {
      const { error } = await session.run('with mp.get_context("spawn").Pool(1) as pool: pool.map(fails, [1])');
      assert.equal(error?.name, 'ValueError');
      assert.ok(error?.traceback.includes(`File "${file}", line 18, in fails`), error?.traceback);
    });

    it('pickle finds dataclasses, enums, named tuples and functions of cells', async () => {
      await session.run(
        'import pickle, enum, collections\nclass Color(enum.Enum): RED = 1\nPair = collections.namedtuple("Pair", "a b")',
      );
      assert.equal(
        await session.text(
          '[pickle.loads(pickle.dumps(v)) == v for v in (Point(3), Color.RED, Pair(1, 2), scaled)], Point.__module__',
        ),
        "([True, True, True, True], '__main__')",
      );
    });

    it('inspect.getsource finds classes, methods and lambdas of cells', async () => {
      const source = { path: file, line: 40 };
      await session.run('import inspect\nclass K:\n    def m(self):\n        return 1\n\nf = lambda: 7', source);
      assert.equal(
        await session.text('inspect.getsource(K), inspect.getsource(K.m), inspect.getsource(f)', {
          path: file,
          line: 48,
        }),
        `('class K:\\n    def m(self):\\n        return 1\\n', '    def m(self):\\n        return 1\\n', 'f = lambda: 7\\n')`,
      );
      assert.equal(await session.text('inspect.getsourcefile(K.m) == inspect.getfile(f)'), 'True');
    });

    it('warnings name the file and the line, and show it', async () => {
      const { stderr } = await session.run(
        'import warnings\ndef old(): warnings.warn("is old", DeprecationWarning, stacklevel=2)\nold()',
        { path: file, line: 50 },
      );
      assert.equal(stderr, `${file}:52: DeprecationWarning: is old\n  old()\n`);
    });

    it('what the standard library prints of errors has no frames of the engine', async () => {
      const { stderr } = await session.run(
        'import traceback, logging, threading\ntry: 1 / 0\nexcept ZeroDivisionError:\n  traceback.print_exc()\n  logging.exception("logged")\n' +
          'class D:\n  def __del__(self): 1 / 0\nD();\ndef bad(): 1 / 0\nt = threading.Thread(target=bad); t.start(); t.join()',
        { path: file, line: 60 },
      );
      assert.equal(stderr.match(/ZeroDivisionError: division by zero/g)?.length, 4, stderr);
      assert.doesNotMatch(stderr, /holdfast_worker/);
      const dropped = await session.run(
        'import asyncio, gc\nasync def bad(): 1 / 0\ntask = asyncio.create_task(bad())\nawait asyncio.sleep(0)',
      );
      assert.equal(dropped.error, null);
      await session.run('idle = asyncio.create_task(bad())');
      const never = await session.run('await asyncio.sleep(0.01)\ndel task, idle\ngc.collect();');
      assert.equal(never.stderr.match(/Task exception was never retrieved/g)?.length, 2, never.stderr);
      assert.doesNotMatch(never.stderr, /holdfast_worker|During handling/);
    });

    it("imports relatively to the file's own package, also in a package of a package", async () => {
      const inner = path.join(folder, 'outer_package', 'inner_package');
      await mkdir(inner, { recursive: true });
      await writeFile(path.join(inner, '..', '__init__.py'), 'root = 1\n');
      await writeFile(path.join(inner, '__init__.py'), '');
      await writeFile(path.join(inner, 'sibling.py'), 'from .. import root\nvalue = root + 41\n');
      const source = { path: path.join(inner, 'cell.py') };
      assert.equal(await session.text('from .sibling import value\nvalue', source), '42');
      assert.equal(
        await session.text('from .. import root\nroot, __package__', source),
        "(1, 'outer_package.inner_package')",
      );
      assert.equal(
        await session.text('import sys\nsys.path[0] == __import__("os").path.dirname(__file__)', source),
        'True',
      );
      const outside = await session.run('from . import sibling', { path: file });
      assert.equal(outside.error?.name, 'ImportError');
    });

    it('sys.displayhook shows values when the person has set it', async () => {
      await session.run('import sys\nsys.displayhook = lambda value: print("shown", value)');
      const finished = await session.run('6 * 7');
      assert.deepEqual([finished.text, finished.stdout], [null, 'shown 42\n']);
      assert.equal((await session.run('_ + 1')).stdout, 'shown 43\n');
      await session.run('def raises(value): 1 / 0\nsys.displayhook = raises');
      assert.equal((await session.run('1')).error?.name, 'ZeroDivisionError');
      await session.run('sys.displayhook = sys.__displayhook__');
      assert.equal(await session.text('1'), '1');
    });

    it('exceptions that are no Exception end the cell and not the session', async () => {
      for (const name of ['KeyboardInterrupt', 'GeneratorExit', 'BaseException', 'asyncio.CancelledError']) {
        const { status, error } = await session.run(`raise ${name}`);
        assert.deepEqual([status, error?.name], ['failed', name.replace('asyncio.', '')]);
      }
      const awaited = await session.run('await asyncio.sleep(0)\nraise KeyboardInterrupt');
      assert.deepEqual([awaited.status, awaited.error?.name], ['failed', 'KeyboardInterrupt']);
      assert.equal(await session.text('exit()\n1'), null);
      assert.equal(await session.text('1 + 1'), '2');
    });

    it('an exception whose metaclass lies is reported by its true name', async () => {
      const { error } = await session.run(
        'class M(type):\n  @property\n  def __name__(c): raise ValueError\n  @property\n  def __module__(c): raise ValueError\nclass Liar(Exception, metaclass=M): pass\nraise Liar("x")',
      );
      assert.deepEqual([error?.name, error?.message], ['Liar', 'x']);
    });
  });
}
