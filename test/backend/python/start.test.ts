import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandOf, interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`the start of a worker on Python ${interpreter.version}`, () => {
    it("keeps the worker's bytecode where the person wants none, and none of the person's", async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-python-'));
      const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
      const entry = (await commandOf(interpreter, env)).args[0];
      assert(entry);
      const caches = path.join(path.dirname(entry), 'holdfast_worker', '__pycache__');
      const tag = `.cpython-${interpreter.version.split('.').slice(0, 2).join('')}.pyc`;
      await writeFile(path.join(folder, 'neighbour.py'), 'value = 42\n');
      const session = await Session.start(interpreter, folder, env);
      try {
        const source = { path: path.join(folder, 'cell.py') };
        assert.equal(
          await session.text('import sys, neighbour\nneighbour.value, sys.dont_write_bytecode', source),
          '(42, True)',
        );
        assert.deepEqual(await readdir(folder), ['neighbour.py']);
        const kept = await readdir(caches);
        for (const name of ['start', 'session', 'control']) assert.ok(kept.includes(name + tag), `${name} is kept`);
      } finally {
        await session.stop();
        await rm(folder, { recursive: true });
      }
    });
  });
}
