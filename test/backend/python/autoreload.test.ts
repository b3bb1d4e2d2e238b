import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { timesUpTo } from '../../helpers/patient-ladder.ts';
import type { Finished } from '../../helpers/worker-process.ts';
import { climb } from './cancelling.ts';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`autoreload on Python ${interpreter.version}`, () => {
    let folder: string;
    let session: Session;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'holdfast-autoreload-'));
      // Compiled files are what hides edits, and what tells of them.
      const { PYTHONDONTWRITEBYTECODE: _, ...env } = process.env;
      session = await Session.start(interpreter, folder, env);
    });
    afterEach(async () => {
      await session.stop();
      await rm(folder, { recursive: true });
    });

    const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
    const run = (code: string): Promise<Finished> =>
      session.execute(code, { path: path.join(folder, 'cell.py') }, { autoreload: true }).finished;
    const text = async (code: string) => {
      const finished = await run(code);
      assert.equal(finished.error, null, finished.error?.traceback);
      return finished.text;
    };

    it('takes in an edit of an imported module, also one of the same length', async () => {
      await write('mod.py', 'value = 1\n');
      assert.equal(await text('import mod\nmod.value'), '1');
      await write('mod.py', 'value = 2\n');
      assert.equal(await text('mod.value'), '2');
      await write('mod.py', 'value = 3\nmore = 4\n');
      assert.equal(await text('mod.value, mod.more'), '(3, 4)');
    });

    it('does nothing unless it is asked to', async () => {
      await write('mod.py', 'value = 1\n');
      await text('import mod');
      await write('mod.py', 'value = 22\n');
      assert.equal(await session.text('mod.value'), '1');
    });

    it('sees an edit that was made before it was switched on', async () => {
      await write('mod.py', 'value = 1\n');
      await session.run('import mod');
      await write('mod.py', 'value = 22\n');
      assert.equal(await text('mod.value'), '22');
    });

    it('does not run a module again that was only written again', async () => {
      await write('mod.py', 'print("running")\n');
      assert.equal((await run('import mod')).stdout, 'running\n');
      await utimes(path.join(folder, 'mod.py'), new Date(), new Date(Date.now() + 10_000));
      assert.equal((await run('mod')).stdout, '');
    });

    it('gives imported names their new objects, unless they mean something else by now', async () => {
      await write('mod.py', 'LIMIT = 5\nOTHER = 5\ndef f(): return "old"\nclass C: kind = "old"\n');
      await text('from mod import LIMIT, OTHER as other, f, C\nfrom mod import *\nmine = 5\nf2 = f\nother = 5');
      await write('mod.py', 'LIMIT = 6\nOTHER = 6\ndef f(): return "new"\nclass C: kind = "new"\n');
      assert.equal(await text('LIMIT, other, mine, f(), f2(), C.kind'), "(6, 5, 5, 'new', 'new', 'new')");
      await text('f = len');
      await write('mod.py', 'def f(): return "newest"\n');
      assert.equal(await text('f is len, f2()'), "(True, 'newest')");
    });

    it('gives other modules the new objects too', async () => {
      await write('low.py', 'def f(): return 1\n');
      await write('high.py', 'from low import f\nstate = []\ndef g(): return f()\n');
      await text('import high\nhigh.state.append(1)');
      await write('low.py', 'def f(): return 2\n');
      assert.equal(await text('high.g(), high.state'), '(2, [1])');
    });

    it('runs what others import before them', async () => {
      await mkdir(path.join(folder, 'pack'));
      await write('pack/__init__.py', '');
      await write('pack/a.py', 'from .z import value\ndoubled = 2 * value\n');
      await write('pack/z.py', 'value = 1\n');
      await text('import pack.a');
      await write('pack/a.py', 'from .z import value\ndoubled = 2 * value  # edited\n');
      await write('pack/z.py', 'value = 21\n');
      assert.equal(await text('pack.a.doubled'), '42');
    });

    for (const [name, code, line, error] of [
      ['does not compile', 'value = 2\nvalue = = 3\n', 2, 'SyntaxError'],
      ['raises', 'value = 2\n\n1 / 0\n', 3, 'ZeroDivisionError: division by zero'],
      ['exits', 'value = 2\nraise SystemExit(3)\n', 2, 'SystemExit: 3'],
    ] as const) {
      it(`keeps the old module when the new one ${name}, and says where`, async () => {
        await write('mod.py', 'value = 1\n');
        await text('import mod');
        await write('mod.py', code);
        const { text: value, stderr } = await run('mod.value');
        assert.equal(value, '1');
        assert.ok(stderr.includes(`${path.join(folder, 'mod.py')}:${line} could not be imported anew`), stderr);
        assert.ok(stderr.includes(error), stderr);
        assert.equal((await run('mod.value')).stderr, '');
        await write('mod.py', 'value = 4\n');
        assert.equal(await text('mod.value'), '4');
      });
    }

    it('leaves installed packages alone', async () => {
      const packages = path.join(folder, '.venv/lib/python3/site-packages');
      await mkdir(packages, { recursive: true });
      await writeFile(path.join(packages, 'installed.py'), 'value = 1\n');
      await text(`import sys; sys.path.append(${JSON.stringify(packages)})\nimport installed`);
      await writeFile(path.join(packages, 'installed.py'), 'value = 22\n');
      assert.equal(await text('installed.value'), '1');
    });

    it('is cancelled as the cell is', async () => {
      await write('mod.py', 'value = 1\n');
      await text('import mod');
      await write('mod.py', 'value = 2\nwhile True: pass\n');
      const execution = session.execute('"not run"', { path: path.join(folder, 'cell.py') }, { autoreload: true });
      await execution.started;
      assert.equal((await climb(session, execution, timesUpTo(['force']))).status, 'cancelled');
      assert.equal(await session.text('mod.value'), '1');
      await write('mod.py', 'value = 3\n');
      assert.equal(await text('mod.value'), '3');
    });
  });
}
