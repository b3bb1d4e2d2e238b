import assert from 'node:assert/strict';
import { withLibraries } from '../../helpers/python-libraries.ts';
import type { Finished } from '../../helpers/worker-process.ts';
import { Session } from './session.ts';

const libraries = await withLibraries();
const missing = typeof libraries === 'string' ? ` (skipped: no numpy, pandas and matplotlib: ${libraries})` : '';

const env = { ...process.env };
for (const name of ['MPLBACKEND', 'DISPLAY', 'MATPLOTLIBRC']) delete env[name];

/** How many pictures a cell showed. Each has the PNG signature. */
function pictures({ displays, error, stderr }: Finished): number {
  assert.equal(error?.traceback ?? '', '');
  assert.equal(stderr, '');
  const found = displays.flat().filter(({ mime }) => mime === 'image/png');
  for (const { bytes } of found) assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG');
  assert.equal(found.length, displays.length);
  return found.length;
}

(missing ? describe.skip : describe)(`figures of matplotlib${missing}`, function () {
  this.timeout(60_000);
  let session: Session;

  const start = (more: NodeJS.ProcessEnv = {}) => {
    assert(typeof libraries !== 'string');
    return Session.start(libraries, undefined, { ...env, ...more });
  };

  before(async () => {
    session = await start();
  });
  after(() => session?.stop());

  it('are shown when the cell ends, and closed', async () => {
    assert.equal(pictures(await session.run('import matplotlib.pyplot as plt\nlines = plt.plot([1, 2])')), 1);
    assert.equal(pictures(await session.run('plt.get_fignums()')), 0);
    assert.equal(await session.text('plt.get_fignums()'), '[]');
  });

  it('are shown at once, among the printed text, by show()', async () => {
    const cell = await session.run(
      'print("one")\nplt.figure()\nplt.plot([1])\nplt.show()\nprint("two")\nplt.figure().show()\nprint("three")',
    );
    assert.equal(pictures(cell), 2);
    assert.equal(cell.stdout, 'one\ntwo\nthree\n');
    const syncs = session.worker.messages.flatMap((message) =>
      message.type === 'display' && message.executionId === cell.executionId ? [message.sync] : [],
    );
    assert.equal(new Set(syncs).size, 2);
  });

  it('are shown each, several of a cell, and also when it fails', async () => {
    assert.equal(pictures(await session.run('for _ in range(3): plt.subplots()')), 3);
    const { displays, error } = await session.run('plt.subplots()\n1 / 0');
    assert.deepEqual([displays.length, error?.name], [1, 'ZeroDivisionError']);
  });

  it('are shown once as a value, and live on in a variable', async () => {
    const { parts, displays } = await session.run('fig, ax = plt.subplots()\nfig');
    assert.deepEqual([parts.map(({ mime }) => mime), displays.length], [['text/plain', 'image/png'], 0]);
    assert.equal(pictures(await session.run('ax.plot([3, 1])\nNone')), 0);
    assert.equal(pictures(await session.run('display(fig)')), 1);
  });

  it('are saved to files as well, and interactive mode changes nothing', async () => {
    const saved =
      'import io\nplt.ion()\nplt.plot([1, 2])\nfile = io.BytesIO()\nplt.savefig(file)\nassert file.getvalue()';
    assert.equal(pictures(await session.run(saved)), 1);
    await session.run('plt.ioff()');
  });

  it('are shown with Agg too, chosen before or after pyplot is imported', async () => {
    assert.equal(pictures(await session.run('import matplotlib\nmatplotlib.use("agg")\nlines = plt.plot([1])')), 1);
    const own = await start();
    try {
      const cell = 'import matplotlib\nmatplotlib.use("Agg")\nimport matplotlib.pyplot as plt\nlines = plt.plot([1])';
      assert.equal(pictures(await own.run(cell)), 1);
      assert.equal(await own.text('matplotlib.get_backend().lower()'), "'agg'");
    } finally {
      await own.stop();
    }
  });

  it('respect MPLBACKEND, and set nothing that subprocesses inherit', async () => {
    const own = await start({ MPLBACKEND: 'svg' });
    try {
      assert.equal(pictures(await own.run('import matplotlib.pyplot as plt\nlines = plt.plot([1])')), 1);
      assert.equal(await own.text('plt.get_backend()'), "'svg'");
    } finally {
      await own.stop();
    }
    const child = await session.text(
      'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "import matplotlib.pyplot as p; p.plot([1]); print(p.get_backend())"], capture_output=True, text=True).stdout.strip().lower()',
    );
    assert.equal(child, "'agg'");
  });

  it('tell why one cannot be drawn, and the session goes on', async () => {
    const { stderr, displays } = await session.run(
      'fig, ax = plt.subplots()\nax.set_title("$\\\\nonsense{$")\nlines = None',
    );
    assert.match(stderr, /This Figure cannot be drawn: /);
    assert.deepEqual(
      displays.flat().map(({ mime }) => mime),
      ['text/plain'],
    );
    assert.equal(await session.text('plt.get_fignums()'), '[]');
  });

  it('a DataFrame comes as text and as HTML', async () => {
    const { parts } = await session.run('import pandas as pd\npd.DataFrame({"a": [1]})');
    assert.deepEqual(
      parts.map(({ mime }) => mime),
      ['text/plain', 'text/html'],
    );
    assert.match(String(parts[1]?.bytes), /<table/);
  });
});
