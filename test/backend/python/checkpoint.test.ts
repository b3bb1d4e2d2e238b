import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askForCheckpoint, restore, type Saved, save, told } from '../../helpers/checkpointing.ts';
import { withLibraries, withPicklers } from '../../helpers/python-libraries.ts';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`checkpoints on Python ${interpreter.version}`, () => {
    let first: Session;
    let second: Session;
    beforeEach(async () => {
      [first, second] = await Promise.all([Session.start(interpreter), Session.start(interpreter)]);
    });
    afterEach(async () => {
      await Promise.all([first.stop(), second.stop()]);
    });

    /** What the second session says after it took over from the first. */
    async function taken(code: string, question: string, names?: string[]) {
      await first.text(code);
      const saved = await save(first.worker);
      const report = await restore(second.worker, saved, names);
      return { saved: told(saved.manifest.variables), report, answer: await second.text(question) };
    }

    it('take values, functions, classes and modules into another process', async () => {
      const { saved, report, answer } = await taken(
        `
import math as m, os.path
from collections import Counter
numbers = [1, 2.5, 3j, None, True, 'text', b'bytes', {4}, frozenset({5})]
counted = Counter('abca')
scale = 2
def scaled(x, by=scale):
    """Doc"""
    return x * by

class Point:
    def __init__(self, x): self.x = x
    def twice(self): return scaled(self.x)

p = Point(21)
square = lambda x: x * x
`,
        '(numbers, counted, scaled(4), p.twice(), type(p) is Point, square(3), m.pi > 3, Counter("a"), scaled.__doc__)',
      );
      assert.equal(
        answer,
        "([1, 2.5, 3j, None, True, 'text', b'bytes', {4}, frozenset({5})], Counter({'a': 2, 'b': 1, 'c': 1}), 8, 42, True, 9, True, Counter({'a': 1}), 'Doc')",
      );
      assert.deepEqual(saved, {
        m: 'import',
        os: 'import',
        Counter: 'stored',
        numbers: 'stored',
        counted: 'stored',
        scale: 'stored',
        scaled: 'source',
        Point: 'source',
        p: 'stored',
        square: 'source',
      });
      assert.deepEqual(report, {
        m: 'imported',
        os: 'imported',
        Counter: 'restored',
        numbers: 'restored',
        counted: 'restored',
        scale: 'restored',
        scaled: 'rebuilt',
        Point: 'rebuilt',
        p: 'restored',
        square: 'rebuilt',
      });
    });

    it('keep what variables share, and write apart what they do not', async () => {
      const { answer } = await taken(
        'a = [1]; b = {"a": a}; c = [a, b]; alone = [1]; text = "t"; other = ["t"]',
        '(b["a"] is a, c[0] is a, c[1] is b, alone is a, alone == a)',
      );
      assert.equal(answer, '(True, True, True, False, True)');
      const { manifest } = await save(first.worker);
      assert.deepEqual(
        manifest.groups.map(({ names }) => names),
        [['a', 'b', 'c'], ['alone'], ['text'], ['other']],
      );
    });

    it('name what cannot be stored, with the reason, and store the rest', async () => {
      const code = `
import threading, socket
lock = threading.Lock()
def generate(): yield 1
running = generate()
class Refuses:
    def __reduce__(self): raise ValueError('not me')
class Mute:
    def __reduce__(self): raise Worse
class Worse(Exception):
    def __str__(self): raise RuntimeError
refuses, mute = Refuses(), Mute()
deep = []
for _ in range(100_000): deep = [deep]
fine = 1
`;
      await first.text(code);
      const saved = told((await save(first.worker)).manifest.variables);
      assert.match(saved['lock'] ?? '', /^not_stored: TypeError: cannot pickle '_thread.lock' object$/);
      assert.match(saved['running'] ?? '', /^not_stored: TypeError: cannot pickle 'generator' object$/);
      assert.equal(saved['refuses'], 'not_stored: ValueError: not me');
      assert.equal(saved['mute'], 'not_stored: Worse');
      assert.match(saved['deep'] ?? '', /^not_stored: RecursionError/);
      assert.equal(saved['fine'], 'stored');
    });

    it('merge: what the session has beside it stays, and what a restore cannot bring is lost by name', async () => {
      await first.text('import threading; lock = threading.Lock(); x = 1');
      await second.text('mine = 7; x = 0');
      const saved = await save(first.worker);
      const report = await restore(second.worker, saved);
      assert.match(report['lock'] ?? '', /^lost: TypeError/);
      assert.equal(await second.text('(mine, x)'), '(7, 1)');
    });

    it('restore chosen variables, and the classes that those need', async () => {
      const code = 'class Base:\n    pass\nclass Point(Base):\n    pass\np = Point(); q = [p]; z = 3';
      const { report, answer } = await taken(
        code,
        '(type(p).__mro__[1].__name__, "q" in globals(), "z" in globals())',
        ['p'],
      );
      assert.equal(answer, "('Base', False, False)");
      assert.deepEqual(report, {
        Base: 'rebuilt: It was not asked for, but what was needs it.',
        Point: 'rebuilt: It was not asked for, but what was needs it.',
        p: 'restored',
      });
    });

    it('run definitions again where they stood: lines, decorators, branches, defaults', async () => {
      const code = `import functools
if True:
    @functools.lru_cache(maxsize=None)
    def cached(n):
        text = """
not indented
"""
        return n, text
try:
    def failing(): raise KeyError('here')
except Exception: pass
def plain(): return 1
plain = 5`;
      await first.text(code, { path: '/work/cell.py', line: 10 });
      const saved = await save(first.worker);
      assert.equal(told(saved.manifest.variables)['plain'], 'stored');
      await restore(second.worker, saved);
      assert.equal(
        await second.text('(cached(1), plain, cached.cache_info().maxsize)'),
        "((1, '\\nnot indented\\n'), 5, None)",
      );
      const trace = await second.traceback('failing()');
      assert.match(trace, /File "\/work\/cell.py", line 19, in failing/);
      // The second session knows where they came from, too.
      const again = await save(second.worker);
      assert.equal(told(again.manifest.variables)['cached'], 'source');
    });

    it('do not run what only looks like the definition of a value', async () => {
      await first.text('def f(): return 1');
      await first.text('def make():\n    def f(): return 2\n    return f\nf = make()');
      await first.text('def other(): return 3').catch(() => {});
      await first.run('raise ValueError\ndef other(): return 4');
      const saved = await save(first.worker);
      // The newest text of `other` never ran. Where cloudpickle is installed it writes the functions themselves.
      const byValue = saved.manifest.groups.filter(({ format }) => format !== 'pickle').flatMap(({ names }) => names);
      for (const name of ['f', 'other']) {
        const how = told(saved.manifest.variables)[name] ?? '';
        assert.match(
          how,
          byValue.includes(name)
            ? /^stored$/
            : /^not_stored: (LookupError: The source of .* is not known|AttributeError: Can't (pickle|get) local object)/,
        );
      }
    });

    it('stay below the limits, and say which variables do not', async () => {
      await first.text('big = b"x" * 5_000_000; small = 1; one = b"1" * 600_000; two = b"2" * 600_000');
      const each = await save(first.worker, { maxVariableBytes: 1_000_000 });
      assert.match(told(each.manifest.variables)['big'] ?? '', /^not_stored: It takes more than 0.954 MB/);
      const all = await save(first.worker, { maxVariableBytes: 1_000_000, maxBytes: 1_000_000 });
      assert.match(told(all.manifest.variables)['two'] ?? '', /^not_stored: The checkpoint would be larger/);
      assert.ok(all.parts.reduce((sum, { length }) => sum + length, 0) <= 1_000_000);
    });

    it('hold no more in memory than they may have, a value and what is written together at a time (Linux: it tells how much)', async function () {
      if (process.platform !== 'linux') this.skip();
      await first.text('for n in range(10): globals()[f"v{n}"] = bytes([n]) * 10_000_000');
      await first.text('shared = [1]\nfor n in range(4): globals()[f"w{n}"] = [shared, bytes([n]) * 10_000_000]');
      const peak = async () =>
        Number(await first.text('int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])'));
      const before = await peak();
      const { manifest } = await save(first.worker, { maxBytes: 21_000_000 });
      const grown = ((await peak()) - before) / 1024;
      assert.ok(grown < 80, `it took ${grown} MB`);
      const stored = manifest.variables.filter(({ how, bytes }) => how === 'stored' && bytes > 1000);
      assert.deepEqual(
        stored.map(({ name }) => name),
        ['v0', 'v1'],
      );
      const all = await save(first.worker);
      assert.deepEqual(all.manifest.groups.at(-1)?.names, ['shared', 'w0', 'w1', 'w2', 'w3']);
    });

    it('are refused while a cell runs, and give way to one when they may', async () => {
      const running = first.execute('import time\nwhile not globals().get("stop"): time.sleep(0.01)');
      await running.started;
      assert.equal((await askForCheckpoint(first.worker)).outcome.status, 'busy');
      first.cancel(running.id);
      await running.finished;
      await first.text(`
class Endless:
    def __reduce__(self):
        print('begun', flush=True)
        while True: pass
endless = Endless()`);
      const asked = askForCheckpoint(first.worker, { givesWay: true });
      while (!first.worker.stdout.text(null).includes('begun')) await new Promise(setImmediate);
      assert.equal(await first.text('6 * 7'), '42');
      assert.equal((await asked).outcome.status, 'busy');
    });

    it('name what is more than a checkpoint can have, and what has no name that can be written', async () => {
      await first.text(
        'globals()[""] = 1; globals()["n" * 2000] = 2; globals().update({f"v{i}": i for i in range(10_010)})',
      );
      const { variables } = (await save(first.worker)).manifest;
      assert.equal(variables.length, 10_000);
      const odd = variables.filter(({ name }) => !name.startsWith('v'));
      assert.deepEqual(
        odd.map(({ name, how }) => [name.slice(0, 3), how]),
        [
          ["''", 'not_stored'],
          ['nnn', 'not_stored'],
        ],
      );
      const last = variables.find(({ name }) => name === 'v9997');
      assert.match(
        `${last?.how} ${last?.reason}`,
        /^not_stored A checkpoint has at most 10000 variables. 12 more are left out: v9998, v9999, v10000,.* v10009$/,
      );
    });

    it('survive a worker that is asked to restore nonsense', async () => {
      await first.text('x = [1]; y = 2');
      const saved = await save(first.worker);
      const broken: Saved = {
        ...saved,
        parts: saved.parts.map((part, index) => (index === 0 ? Buffer.from('?') : part)),
      };
      const report = await restore(second.worker, broken);
      assert.match(report['x'] ?? '', /^lost: (UnpicklingError|EOFError)/);
      assert.equal(report['y'], 'restored');
      assert.equal(await second.text('y'), '2');
    });
  });
}

describe('checkpoints of what libraries make', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hf-checkpoint-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('keep arrays and tables, shared and writable', async function () {
    this.timeout(120_000);
    const interpreter = await withLibraries();
    if (typeof interpreter === 'string') throw new Error(`numpy and pandas are needed: ${interpreter}`);
    const [first, second] = await Promise.all([Session.start(interpreter), Session.start(interpreter)]);
    try {
      await first.text(
        'import numpy as np, pandas as pd\na = np.arange(3_000_000.); same = {"a": a}; df = pd.DataFrame({"x": a[:5], "y": list("abcde")})',
      );
      const saved = await save(first.worker);
      assert.deepEqual(
        saved.manifest.groups.map(({ names, parts }) => [names, parts.length > 1]),
        [
          [['a', 'same'], true],
          [['df'], true],
        ],
      );
      await restore(second.worker, saved);
      const question = 'a[0] = 9; (same["a"] is a, same["a"][0], float(a.sum()), df.shape, str(df.y[4]))';
      assert.equal(await second.text(question), "(True, np.float64(9.0), 4499998500009.0, (5, 2), 'e')");
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
  });

  for (const library of ['cloudpickle', 'dill']) {
    it(`write by value what pickle cannot, as a part of its session: with ${library}`, async () => {
      const interpreter = await withPicklers();
      if (typeof interpreter === 'string') throw new Error(`cloudpickle and dill are needed: ${interpreter}`);
      const [first, second] = await Promise.all([Session.start(interpreter), Session.start(interpreter)]);
      const log = path.join(await mkdtemp(path.join(tmpdir(), 'hf-log-')), 'log.txt');
      try {
        await first.text(`
import sys, io
if ${library === 'dill' ? 'True' : 'False'}: sys.modules['cloudpickle'] = None
total = 0
def bump():
    global total
    total += 1
class Model:
    def __init__(self, hook): self.hook = hook
shared = [1]
callbacks = [bump, lambda: bump(), lambda by=shared: (total, by)]
models = [Model(bump), lambda: Model(1)]
beside = {'list': shared, 'of': lambda: shared}
def counter():
    n = 0
    def up():
        nonlocal n
        n += 1
    return up, lambda: n
up, count = counter()
def local():
    class Local: pass
    return Local
Local = local()
one, two = Local(), [Local()]
def recursion():
    def factorial(n): return 1 if n < 2 else n * factorial(n - 1)
    return factorial
factorial = recursion()
log = open(${JSON.stringify(log)}, 'w')
_ = log.write('written\\n'), log.flush()
held = {'log': log, 'f': lambda: 1}
view = memoryview(b'x')`);
        const saved = await save(first.worker);
        const formats = new Set(saved.manifest.groups.map(({ format }) => format));
        assert.deepEqual([...formats].sort(), [library, 'pickle'].sort());
        const report = await restore(second.worker, saved);
        const lost = Object.entries(report).filter(([, how]) => how.startsWith('lost'));
        assert.deepEqual(
          lost.map(([name]) => name),
          ['log', 'held', 'view'],
        );
        assert.equal(await readFile(log, 'utf8'), 'written\n', 'a file that was open for writing keeps what is in it');
        const question = `callbacks[0](), callbacks[1](), models[0].hook(), up()
(total, callbacks[2]()[0], callbacks[2]()[1] is shared, beside['of']() is beside['list'] is shared, callbacks[0] is bump,
 type(models[0]) is Model is type(models[1]()), count(), type(one) is Local is type(two[0]), factorial(5), __builtins__.__name__)`;
        assert.equal(await second.text(question), "(3, 3, True, True, True, True, 1, True, 120, 'builtins')");
      } finally {
        await Promise.all([first.stop(), second.stop()]);
        await rm(path.dirname(log), { recursive: true, force: true });
      }
    });
  }

  it('find modules of the project again', async () => {
    const [interpreter] = await interpreters();
    assert(interpreter);
    await writeFile(path.join(folder, 'helper_module.py'), 'def help(): return "helped"');
    const [first, second] = await Promise.all([Session.start(interpreter), Session.start(interpreter)]);
    try {
      const file = path.join(folder, 'cell.py');
      await first.text('import helper_module\nfrom helper_module import help', { path: file });
      assert.deepEqual(await restore(second.worker, await save(first.worker)), {
        helper_module: 'imported',
        help: 'restored',
      });
      assert.equal(await second.text('help()'), "'helped'");
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
  });
});
