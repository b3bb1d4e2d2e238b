import assert from 'node:assert/strict';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`output on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
    });
    after(() => session.stop());

    it('belongs to its cell, with what children and C code wrote', async () => {
      const { stdout, stderr } = await session.run(
        'import ctypes, os, subprocess, sys\nprint("one", end="")\nsys.stderr.write("err")\nsys.stdout.flush()\n' +
          'os.write(1, b" two")\nsubprocess.run([sys.executable, "-c", "print(\' three\')"])\nctypes.CDLL(None).printf(b"four\\n")',
      );
      assert.equal(stdout, 'one two three\nfour\n');
      assert.equal(stderr, 'err');
      assert.equal((await session.run('1')).stdout, '');
    });

    it('is complete before the result, 100 mixed cells long', async () => {
      for (let index = 0; index < 100; index++) {
        const { stdout } = await session.run(`print("x" * ${index * 700}, end="")\nos.write(1, b"!")\nprint("y")`);
        // Line-buffered text is held until its line ends; what is written beside it comes first.
        assert.equal(stdout.replace('!', ''), `${'x'.repeat(index * 700)}y\n`);
      }
    });

    it('is text in UTF-8 whatever the locale, with escapes for what is none', async () => {
      const { stdout } = await session.run('print("ü 🎈 \\ud800")');
      assert.equal(stdout, 'ü 🎈 \\ud800\n');
    });

    it('a cell may close or redirect its streams', async () => {
      await session.run('import os\nos.close(1)');
      assert.equal((await session.run('print("back")')).stdout, 'back\n');
      await session.run('import sys\nsys.stdout.close()');
      assert.equal((await session.run('print("again")')).stdout, 'again\n');
      assert.equal((await session.run('os.closerange(0, 3)')).status, 'succeeded');
      assert.equal((await session.run('print("still"); print("e", file=sys.stderr)')).stdout, 'still\n');
      await session.run('saved = os.dup(1)\nnull = os.open(os.devnull, os.O_WRONLY)\nos.dup2(null, 1)');
      assert.equal((await session.run('print("gone")')).stdout, '');
      await session.run('os.dup2(saved, 1)');
      assert.equal((await session.run('print("here")')).stdout, 'here\n');
      await session.run('import io\nkept = sys.stdout\nsys.stdout = io.StringIO()\nprint("caught")');
      assert.equal(await session.text('sys.stdout, text = kept, sys.stdout.getvalue()\ntext'), "'caught\\n'");
    });

    it('standard input is empty', async () => assert.equal(await session.text('sys.stdin.read()'), "''"));

    it('a flood waits for its reader and arrives whole', async () => {
      const { stdout } = await session.run('for i in range(50_000): print(i)');
      assert.equal(stdout.split('\n').length, 50_001);
      assert.equal(stdout.slice(-6), '49999\n');
    });

    it("warnings and compile-time messages are the cell's", async () => {
      const { stderr } = await session.run('import warnings\nwarnings.warn("careful")', {
        path: '/home/ada/w.py',
        line: 7,
      });
      assert.match(stderr, /^\/home\/ada\/w\.py:8: UserWarning: careful\n/);
      assert.match((await session.run('1 is 1', { line: 3 })).stderr, /<test>:3: SyntaxWarning/);
    });
  });
}
