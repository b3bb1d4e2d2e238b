import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TestWorkspace } from '../helpers/backend.ts';
import { type CliOptions, type CliResult, holdfast } from '../helpers/cli.ts';

describe('the command line', () => {
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await TestWorkspace.make();
  });
  after(() => workspace.remove());

  const cli = (args: readonly string[], options?: CliOptions) => holdfast(workspace, args, options);
  const file = async (name: string, text: string | Uint8Array): Promise<string> => {
    await writeFile(path.join(workspace.path, name), text);
    return name;
  };
  const types = ({ lines }: CliResult) => lines.map(({ type }) => type);
  const last = ({ lines }: CliResult) => lines.at(-1) ?? {};

  it('prints a transcript that a person can read', async () => {
    const tour = await file('tour.py', '# %%\nprint("hi")\n# %%\n6 * 7\n# %%\nname = input("Who? ")\nname\n');
    const { code, stdout, stderr } = await cli(['run', tour, '--answer', 'Ada']);
    assert.equal(stdout, "# cell 1, line 1\nhi\n# cell 2, line 3\n=> 42\n# cell 3, line 5\nWho? Ada\n=> 'Ada'\n");
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('prints one JSON object a line with --json, in order, and nothing else', async () => {
    const program = await file('all.py', 'import sys\nprint("o")\nprint("e", file=sys.stderr)\ninput("? ")\n');
    const result = await cli(['run', program, '--json', '--answer', 'yes']);
    assert.equal(result.code, 0);
    assert.deepEqual(types(result), [
      'cell',
      'started',
      'output',
      'output',
      'capability_request',
      'result',
      'finished',
    ]);
    const [cell, started, , , question, value, finished] = result.lines;
    assert.deepEqual(cell, { type: 'cell', cell: 0, line: 1 });
    assert.deepEqual([started?.['cell'], started?.['mode']], [0, 'blocking_sync']);
    assert.deepEqual([question?.['capability'], question?.['prompt']], ['input', '? ']);
    assert.deepEqual([value?.['text'], value?.['mime'], value?.['mode']], ["'yes'", ['text/plain'], 'blocking_sync']);
    assert.deepEqual(
      [finished?.['cell'], finished?.['status'], typeof finished?.['seconds']],
      [0, 'succeeded', 'number'],
    );
    const ids = result.lines.slice(1).map(({ executionId }) => executionId);
    assert.equal(new Set(ids).size, 1);
  });

  it('reports an error with its frames, innermost last, and its true lines', async () => {
    const program = await file(
      'error.ts',
      '// %%\nconst n: number = 1;\n// %%\nfunction inner(): never {\n  throw new TypeError("no");\n}\ninner();\n',
    );
    const result = await cli(['run', program, '--json']);
    assert.equal(result.code, 1);
    const error = result.lines.find(({ type }) => type === 'error');
    assert.deepEqual([error?.['name'], error?.['message']], ['TypeError', 'no']);
    const frames = error?.['frames'] as { file: string; line: number; column: number; function: string }[];
    assert.deepEqual(
      frames.map(({ line }) => line),
      [7, 5],
    );
    assert.equal(frames.at(-1)?.function, 'inner');
    assert.equal(frames.at(-1)?.file, path.join(workspace.path, program));
    assert.match(String(error?.['traceback']), /TypeError: no/);
    assert.equal(last(result)['status'], 'failed');
  });

  it('runs files of several languages, each in its own session', async () => {
    const first = await file('one.py', 'a = 1\na\n');
    const second = await file('two.ts', 'const a: number = 2;\na\n');
    const third = await file('three.py', 'a + 2\n');
    const { code, stdout } = await cli(['run', first, second, third]);
    assert.deepEqual([code, stdout.match(/=> \d/g)], [0, ['=> 1', '=> 2', '=> 3']]);
  });

  it('stops at the first cell that fails, unless it is told to keep going', async () => {
    const program = await file('fail.py', '# %%\n1/0\n# %%\nprint("on")\n');
    const stopped = await cli(['run', program]);
    assert.deepEqual([stopped.code, stopped.stdout.includes('on')], [1, false]);
    assert.match(stopped.stderr, /line 2.*\n.*1\/0[\s\S]*ZeroDivisionError/);
    const kept = await cli(['run', program, '--keep-going']);
    assert.deepEqual([kept.code, kept.stdout.includes('on')], [1, true]);
  });

  it('reads standard input with --language', async () => {
    const { code, stdout } = await cli(['run', '-', '--language', 'typescript'], {
      input: 'const n: number = 6; n * 7',
    });
    assert.deepEqual([code, stdout], [0, '=> 42\n']);
  });

  it('answers prompts from standard input when --answer has no more, and ends them with it', async () => {
    const program = await file('ask.py', 'print(input(), input())\ninput()\n');
    const { code, stdout, stderr } = await cli(['run', program, '--answer', 'one'], { input: 'two\n' });
    assert.match(stdout, /one two/);
    assert.match(stderr, /EOFError/);
    assert.equal(code, 1);
  });

  it('keeps and reuses a named session, and shows it', async () => {
    const set = await file('set.py', 'answer = 42\n');
    assert.equal((await cli(['run', set, '--session', 'kept'])).code, 0);
    const get = await file('get.py', 'answer + 1\n');
    assert.equal((await cli(['run', get, '--session', 'kept'])).stdout, '=> 43\n');
    const sessions = await cli(['sessions', '--json']);
    assert.deepEqual(
      sessions.lines.map(({ name, state }) => [name, state]),
      [['kept', 'idle']],
    );
    const namespace = await cli(['namespace', 'kept', '--json']);
    assert.deepEqual(
      namespace.lines.map(({ name, type, preview }) => [name, type, preview]),
      [['answer', 'int', '42']],
    );
    assert.match((await cli(['namespace', 'kept'])).stdout, /answer +int +42/);
    assert.equal((await cli(['restart', 'kept'])).code, 0);
    assert.equal((await cli(['namespace', 'kept'])).stdout, 'The namespace is empty.\n');
    assert.match((await cli(['kill', 'kept'])).stdout, /Ended kept/);
    assert.equal((await cli(['sessions'])).stdout, 'No sessions.\n');
  });

  it('cancels after --cancel-after and exits with 130', async () => {
    const program = await file('loop.py', 'a = 1\nwhile True: pass\n');
    const result = await cli(['run', program, '--json', '--cancel-after', '0.2']);
    assert.equal(result.code, 130);
    assert.deepEqual([last(result)['status'], last(result)['rung']], ['cancelled', 'interrupt']);
  });

  it('cancels on Ctrl+C and exits with 130', async () => {
    const program = await file('wait.js', 'await new Promise(() => {})');
    const child: { pid?: number } = {};
    const running = cli(['run', program, '--session', 'interrupted', '--json'], {
      started: (pid) => (child.pid = pid),
    });
    // Another client sees when the cell runs: there is no other event to wait for from outside.
    for (;;) {
      const { lines } = await cli(['sessions', '--json']);
      if (lines.some(({ name, state }) => name === 'interrupted' && state === 'busy')) break;
    }
    process.kill(child.pid ?? 0, 'SIGINT');
    const result = await running;
    assert.deepEqual([result.code, last(result)['status']], [130, 'cancelled']);
  });

  it('exits with 3 and a reason when the worker is lost', async () => {
    const program = await file('die.py', 'import os\nos._exit(9)\n');
    const result = await cli(['run', program, '--json']);
    assert.equal(result.code, 3);
    assert.equal(last(result)['status'], 'lost');
    assert.match(String(last(result)['reason']), /code 9/);
  });

  it('interrupts from another terminal', async () => {
    const program = await file('sleep.py', 'import time\ntime.sleep(60)\n');
    const running = cli(['run', program, '--session', 'sleeper']);
    for (;;) {
      const { stdout } = await cli(['interrupt', 'sleeper']).catch(() => ({ stdout: '' }));
      if (stdout.includes('Cancelled 1')) break;
    }
    assert.equal((await running).code, 130);
  });

  for (const [what, args, words] of [
    ['a missing file', ['run', 'nowhere.py'], /nowhere\.py cannot be read \(ENOENT\)/],
    ['an unknown ending', ['run', 'notes.txt'], /no language has this ending/],
    ['standard input in no language', ['run', '-'], /--language/],
    ['an unknown option', ['run', 'a.py', '--nonsense'], /unknown option '--nonsense'/],
    ['a bad number', ['run', 'a.py', '--cancel-after', 'soon'], /number of seconds/],
    ['no command', ['frobnicate'], /unknown command 'frobnicate'/],
    ['an unknown session', ['namespace', 'nothing'], /no session "nothing"/],
    [
      'a Python that is not there',
      ['run', 'get.py', '--python', './no-python'],
      /holdfast\.python\.interpreter|--python/,
    ],
    ['a workspace that is not there', ['run', 'get.py', '--workspace', './nowhere'], /cannot be opened/],
  ] as const) {
    it(`refuses ${what} in words, with exit code 2`, async () => {
      await file('notes.txt', '');
      await file('get.py', '1');
      const { code, stderr, stdout } = await cli(args);
      assert.match(stderr, words);
      assert.deepEqual([code, stdout], [2, '']);
    });
  }

  it('refuses a binary file and one that is too large', async () => {
    const binary = await file('binary.py', new Uint8Array([0x7f, 0x45, 0, 0xff]));
    assert.match((await cli(['run', binary])).stderr, /not text in UTF-8/);
    const large = await file('large.py', Buffer.alloc(17 * 1024 ** 2, 0x23));
    assert.match((await cli(['run', large])).stderr, /The limit is 16 MiB/);
  });

  it('runs a file of 5 MB', async () => {
    const large = await file('five.py', `${'# padding\n'.repeat(500_000)}40 + 2\n`);
    assert.equal((await cli(['run', large])).stdout, '=> 42\n');
  });

  it('says with doctor what was found, and runs a cell in each language', async () => {
    const { code, lines } = await cli(['doctor', '--json']);
    assert.equal(code, 0, JSON.stringify(lines));
    assert.ok(lines.every(({ ok }) => ok));
    const broken = await cli(['doctor', '--python', './no-python']);
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /✗ Python: .*holdfast\.python\.interpreter/);
    assert.match(broken.stdout, /✓ JavaScript/);
  });

  it('says what to do when there is no Python, and runs JavaScript all the same', async () => {
    const bin = path.join(workspace.path, 'bin');
    await mkdir(bin, { recursive: true });
    await symlink(process.execPath, path.join(bin, 'node')).catch(() => {});
    const env = { PATH: bin, VIRTUAL_ENV: '' };
    const python = await cli(['run', await file('get.py', '1')], { env });
    assert.equal(python.code, 2);
    assert.match(python.stderr, /No Python.*holdfast\.python\.interpreter/s);
    const javascript = await cli(['run', await file('get.js', '40 + 2')], { env });
    assert.deepEqual([javascript.code, javascript.stdout], [0, '=> 42\n']);
  });

  it('explains each command with --help', async () => {
    for (const command of ['run', 'sessions', 'namespace', 'interrupt', 'restart', 'kill', 'stop', 'doctor']) {
      const { code, stdout } = await cli([command, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Usage: holdfast ${command}`));
    }
  });

  it('ends in order when nobody reads its output any more', async () => {
    await file('many.py', 'for n in range(100000): print(n)\n');
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${path.resolve('dist/cli.js')}" run many.py | head -1`], {
      cwd: workspace.path,
      env: workspace.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    shell.stderr.on('data', (chunk: Buffer) => assert.fail(chunk.toString()));
    await once(shell, 'close');
    assert.equal(shell.exitCode, 0);
  });

  it('stops the backend', async () => {
    await cli(['doctor']);
    assert.match((await cli(['stop'])).stdout, /Stopped the backend/);
    assert.equal((await cli(['stop'])).stdout, 'No backend runs.\n');
  });
});
