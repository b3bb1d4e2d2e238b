import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { read } from './inspecting.ts';
import { interpreters, Session } from './session.ts';

// In the middle of what the main thread imports for the engine, another thread imports a module beside the cell's file.
const IN_BETWEEN = `import sys, threading
got = []
def load():
    try:
        import neighbour
        got.append(neighbour.value)
    except ImportError as error:
        got.append(repr(error))
def watch(event, args):
    if event == "import" and args[0].startswith("holdfast_worker.reading") and not got:
        thread = threading.Thread(target=load)
        thread.start()
        thread.join(20)
sys.addaudithook(watch)`;

for (const interpreter of await interpreters()) {
  describe(`what is imported at the same time on Python ${interpreter.version}`, () => {
    let folder: string;
    let session: Session | undefined;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'holdfast-imports-'));
    });
    afterEach(async () => {
      await session?.stop();
      session = undefined;
      await rm(folder, { recursive: true });
    });

    it("by a thread of the program's is found while the engine imports", async () => {
      await writeFile(path.join(folder, 'neighbour.py'), 'value = 42\n');
      session = await Session.start(interpreter);
      await session.text(IN_BETWEEN, { path: path.join(folder, 'cell.py') });
      await read(session, 'got', { kind: 'export', format: 'text' });
      assert.equal(await session.text('got'), '[42]');
    });

    it("by the engine's threads is the library, and nothing of the same name in the current folder", async () => {
      await writeFile(path.join(folder, '_socket.py'), 'raise RuntimeError("The wrong one.")\n');
      session = await Session.start(interpreter, folder);
      session.worker.send({
        type: 'policy',
        generation: 1,
        level: 'standard',
        asks: ['network'],
        roots: [folder],
        readsFree: true,
        writesFree: true,
        injected: [],
      });
      assert.equal(await session.text('6 * 7'), '42');
    });

    it('is found in the order of the newest file, and of its package', async () => {
      session = await Session.start(interpreter, folder);
      const files = ['a/one.py', 'b/two.py', 'a/one.py', null, 'b/two.py', 'a/one.py'];
      for (const file of files) await session.run('1', file ? { path: path.join(folder, file) } : undefined);
      const expected = [path.join(folder, 'a'), path.join(folder, 'b'), ''];
      assert.equal(
        await session.text('import sys\nsys.path[:3], len(set(sys.path)) == len(sys.path)', {
          path: path.join(folder, 'a/one.py'),
        }),
        `([${expected.map((entry) => `'${entry}'`).join(', ')}], True)`,
      );
    });
  });
}
