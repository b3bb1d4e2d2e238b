import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  const minor = Number(interpreter.version.split('.')[1]);
  describe(`errors on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
    });
    after(() => session.stop());

    it("have the lines of the file, the user's frames only, the innermost last", async () => {
      const source = { path: '/home/ada/tour.py', line: 40 };
      const { error, status } = await session.run('def f(a):\n    return a / 0\n\nf(1)', source);
      assert.equal(status, 'failed');
      assert.equal(error?.name, 'ZeroDivisionError');
      assert.equal(error?.message, 'division by zero');
      const columns = minor >= 11 ? [0, 11] : [null, null];
      assert.deepEqual(error?.frames, [
        { file: '/home/ada/tour.py', line: 43, column: columns[0], function: '<module>' },
        { file: '/home/ada/tour.py', line: 41, column: columns[1], function: 'f' },
      ]);
      const carets = minor >= 11;
      assert.equal(
        error?.traceback.replace(/^ +[~^]+\n/gm, ''),
        'Traceback (most recent call last):\n  File "/home/ada/tour.py", line 43, in <module>\n    f(1)\n' +
          '  File "/home/ada/tour.py", line 41, in f\n    return a / 0\nZeroDivisionError: division by zero\n',
      );
      assert.equal(/ {11}~~\^~~\n/.test(error?.traceback ?? ''), carets);
    });

    it('count columns in UTF-16 units', async () => {
      const { error } = await session.run('"🎈ü", 1 / 0');
      assert.equal(error?.frames[0]?.column, minor >= 11 ? 7 : null);
    });

    for (const [name, code, line] of [
      ['a syntax error', 'x = 1\ny = (', 11],
      ['a syntax error in an indented selection', '    x = 1\n    y = = 2', 11],
      ['an error in an indented selection', '    x = 1\n\n    1 / 0', 12],
      ['an error behind CRLF', 'x = 1\r\n\r\n1 / 0\r\n', 12],
      ['an error behind a byte order mark', '\ufeffx = 1\n1 / 0', 11],
      ['return outside a function', 'x = 1\nreturn x', 11],
      ['a null character', 'x = 1\0', 0],
    ] as const) {
      it(`${name} is at its true line`, async () => {
        for (const first of [10, 1]) {
          const { error } = await session.run(code, { path: '/home/ada/a.py', line: first });
          assert(error);
          assert.equal(error.frames.at(-1)?.line ?? 0, line === 0 ? 0 : line - 10 + first, error.traceback);
        }
      });
    }

    it('a selection that is indented in part is refused as Python does', async () => {
      const { error } = await session.run('    a = 1\nb = 2', { line: 3 });
      assert.equal(error?.name, 'IndentationError');
      assert.equal(error?.frames.at(-1)?.line, 3);
    });

    it('a selection that begins in the middle of a line has true columns', async () => {
      assert.equal(await session.text('x = 2\n    x + 1', { line: 5, column: 4 }), '3');
      assert.equal(await session.text('x = 2\nx + 1', { line: 5, column: 8 }), '3');
      const { error } = await session.run('x = = 1', { line: 5, column: 4 });
      assert.deepEqual(error?.frames.at(-1), { file: '<test>', line: 5, column: 8, function: '<module>' });
    });

    it('a syntax error leaves the namespace as it was and prints no engine text', async () => {
      await session.run('kept = 7');
      const { error, mode, stderr } = await session.run('kept = 8\n1 +* 2');
      assert.equal(mode, 'unknown');
      assert.equal(stderr, '');
      assert.match(error?.traceback ?? '', /^ {2}File "<test>", line 2\n {4}1 \+\* 2\n/);
      assert.equal(await session.text('kept'), '7');
    });

    it('show the text that ran, not what the file or another cell says now', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-python-'));
      const file = path.join(folder, 'edited.py');
      await writeFile(file, 'def f():\n    raise ValueError("old")\n');
      await session.run('def f():\n    raise ValueError("old")\n', { path: file });
      await writeFile(file, '# edited\n# away\n');
      await session.run('# another\n# cell', { path: file });
      assert.match(
        await session.traceback('f()', { path: file, line: 4 }),
        /line 2, in f\n {4}raise ValueError\("old"\)\n/,
      );
      await rm(folder, { recursive: true });
    });

    it('show causes, contexts, notes and groups', async () => {
      const chained = await session.run('try:\n  1 / 0\nexcept Exception as e:\n  raise ValueError("second") from e');
      assert.match(chained.error?.traceback ?? '', /ZeroDivisionError[\s\S]*direct cause[\s\S]*ValueError: second\n$/);
      assert.doesNotMatch(chained.error?.traceback ?? '', /holdfast/);
      if (minor < 11) return;
      const noted = await session.run('e = ValueError("v"); e.add_note("look here"); e.__notes__.append(5); raise e');
      assert.deepEqual(noted.error?.notes, ['look here', '<int>']);
      const group = await session.traceback('raise ExceptionGroup("g", [ValueError(1), TypeError(2)])');
      assert.match(group, /ExceptionGroup: g \(2 sub-exceptions\)[\s\S]*ValueError: 1[\s\S]*TypeError: 2/);
      if (minor >= 13) {
        assert.match(await session.traceback('(lambda: (\n  1 /\n  0\n))()'), / {4}\(?1 \/\n {4,}~~\^\n {4}0/);
      }
    });

    it('a deep recursion is shown shortened', async () => {
      const { error } = await session.run('def down(): down()\ndown()');
      assert.equal(error?.name, 'RecursionError');
      assert.match(error?.traceback ?? '', /Previous line repeated \d+ more times/);
      assert.equal(error?.frames.length, 200);
    });

    it('exceptions whose own methods raise or lie are reported', async () => {
      const raising = await session.run('class E(Exception):\n  def __str__(self): 1 / 0\nraise E');
      assert.equal(raising.error?.name, 'E');
      assert.match(raising.error?.message ?? '', /ZeroDivisionError/);
      const long = await session.run('raise ValueError("x" * 10**7)');
      assert.ok((long.error?.message.length ?? 0) <= 20_000 && (long.error?.traceback.length ?? 0) <= 200_000);
      const wide = await session.run('raise ValueError("🎈" * 10**6)');
      assert.equal(wide.error?.name, 'ValueError');
      const surrogate = await session.run('raise ValueError("\\ud800")');
      assert.equal(surrogate.error?.message, '?');
      const exits = await session.run('class S(Exception):\n  def __str__(self): raise SystemExit(3)\nraise S');
      assert.equal(exits.error?.name, 'S');
      assert.equal(await session.text('1 + 1'), '2');
    });

    it('sys.exit ends the cell only', async () => {
      const zero = await session.run('import sys\nsys.exit()\n5');
      assert.deepEqual([zero.status, zero.text], ['succeeded', null]);
      const three = await session.run('sys.exit(3)');
      assert.equal(three.error?.name, 'SystemExit');
      assert.equal(await session.text('_exit_code'), '3');
      const message = await session.run('sys.exit("no more")');
      assert.equal(message.error?.message, 'no more');
      assert.equal(await session.text('_exit_code'), '1');
    });

    it('inspect.getsource finds the functions of cells', async () => {
      await session.run('import inspect\ndef shown():\n    return "me"\n', { path: '/home/ada/src.py', line: 5 });
      assert.equal(await session.text('inspect.getsource(shown)'), `'def shown():\\n    return "me"\\n'`);
    });
  });
}
