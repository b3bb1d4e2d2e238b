import assert from 'node:assert/strict';
import { realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { shell } from '../../../backend/capabilities/shell.ts';
import { eventually } from '../../helpers/eventually.ts';
import { isAlive } from '../../helpers/processes.ts';
import { posix } from '../../helpers/where.ts';
import { effectsOf, fails, perform, type Told, temporaryFolder } from './perform.ts';

const defaults = { cwd: '/', env: {}, timeoutSeconds: null, show: true };
const run = (command: string | string[], options: object = {}, more: Parameters<typeof perform>[2] = {}) =>
  perform(shell, { ...defaults, command, ...options }, more);

describe('shell', () => {
  posix('gives what the command wrote on both streams and its exit code, and shows it as it comes', async () => {
    const told: Told = { judged: [], output: [] };
    const { value, text } = await run('echo out; echo err >&2; exit 3', {}, { told });
    assert.deepEqual(value, { exitCode: 3, signal: null, stdoutBytes: 4, truncated: false });
    assert.equal(text, 'out\nerr\n');
    assert.deepEqual(told.output.map(({ stream, text }) => `${stream} ${text}`).sort(), [
      'stderr err\n',
      'stdout out\n',
    ]);
    assert.deepEqual(told.judged, [], 'its effect is judged before');
  });

  posix('is judged by what is really run', async () => {
    const effect = { category: 'subprocess', operation: 'shell', cwd: '/' };
    assert.deepEqual(await effectsOf(shell, { ...defaults, command: 'rm -r x' }), [
      { ...effect, argv: ['/bin/sh', '-c', 'rm -r x'] },
    ]);
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'ls'), '#!/bin/sh\necho mine\n', { mode: 0o755 });
    const own = { ...defaults, command: ['ls', '$HOME'], env: { PATH: folder } };
    assert.deepEqual(await effectsOf(shell, own), [{ ...effect, argv: [path.join(folder, 'ls'), '$HOME'] }]);
    assert.equal((await perform(shell, own)).text, 'mine\n');
    assert.deepEqual(await effectsOf(shell, { ...defaults, command: ['no-such-program'] }), [
      { ...effect, argv: ['no-such-program'] },
    ]);
  });

  posix('a list is a program with its arguments, as they are', async () => {
    assert.equal((await run(['printf', '%s|', '$HOME', 'a b', "'", '"'])).text, '$HOME|a b|\'|"|');
  });

  posix('has its folder, its environment and its input', async () => {
    const cwd = await temporaryFolder();
    const env = { HOLDFAST_A: 'one', HOLDFAST_B: null };
    const { text } = await run(
      'pwd; echo "$HOLDFAST_A$HOLDFAST_B"; cat',
      { cwd, env },
      {
        payload: 'typed',
        env: { PATH: process.env['PATH'], HOLDFAST_B: 'two' },
      },
    );
    assert.equal(text, `${await realpath(cwd)}\none\ntyped`);
  });

  posix('is quiet when it is to be', async () => {
    const told: Told = { judged: [], output: [] };
    assert.equal((await run('echo x', { show: false }, { told })).text, 'x\n');
    assert.deepEqual(told.output, []);
  });

  posix('what ends by a signal says which', async () => {
    const { value } = await run('kill -TERM $$');
    assert.deepEqual(value, { exitCode: null, signal: 'SIGTERM', stdoutBytes: 0, truncated: false });
  });

  posix('what cannot be started is an error of the system', async () => {
    const cwd = await temporaryFolder();
    await assert.rejects(run(['no-such-program']), fails('failed', /no such program: no-such-program/, 'ENOENT'));
    await assert.rejects(run([path.join(cwd, 'x')]), fails('failed', /no such program/, 'ENOENT'));
    await assert.rejects(
      run('true', { cwd: path.join(cwd, 'no') }),
      fails('failed', /No such file or folder/, 'ENOENT'),
    );
    await assert.rejects(run('true', { cwd: import.meta.filename }), fails('failed', /not a folder/, 'ENOTDIR'));
    await assert.rejects(run(''), /The command is empty/);
    await assert.rejects(run([]), /The command is/);
  });

  posix('keeps 16 MiB of what it writes, and shows all', async () => {
    let shown = 0;
    const output = async (_: string, bytes: Uint8Array) => {
      shown += bytes.length;
    };
    const { value, payload } = await run('head -c 17000000 /dev/zero', {}, { output });
    assert.deepEqual(value, { exitCode: 0, signal: null, stdoutBytes: 16 * 1024 * 1024, truncated: true });
    assert.equal(payload?.length, 16 * 1024 * 1024);
    assert.equal(shown, 17_000_000);
  });

  posix('goes no faster than its reader', async () => {
    const gate = Promise.withResolvers<void>();
    let taken = 0;
    const output = async (_: string, bytes: Uint8Array) => {
      taken += bytes.length;
      await gate.promise;
    };
    const running = run('head -c 5000000 /dev/zero; echo written >&2', {}, { output });
    await eventually(() => assert.ok(taken > 0));
    const first = taken;
    assert.ok(first < 1_000_000, `${first} bytes came before any was taken`);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(taken, first);
    gate.resolve();
    await running;
    assert.equal(taken, 5_000_000 + 8);
  });

  posix('is ended by its timeout with all that it has started', async () => {
    const told: Told = { judged: [], output: [] };
    const running = run('sleep 1000 & echo $!; setsid sleep 1000 & echo $!; wait', { timeoutSeconds: 0.5 }, { told });
    await assert.rejects(running, fails('timeout', /did not end in 0.5 s/));
    const pids = told.output
      .map(({ text }) => text)
      .join('')
      .trim()
      .split('\n')
      .map(Number);
    assert.equal(pids.length, 2);
    for (const pid of pids) await eventually(async () => assert.equal(await isAlive(pid), false));
  });

  posix('is ended when nobody waits for it any more, also what does not listen', async () => {
    const told: Told = { judged: [], output: [] };
    const abort = new AbortController();
    const running = run('trap "" TERM; echo $$; while :; do sleep 1000; done', {}, { told, signal: abort.signal });
    running.catch(() => {});
    await eventually(() => assert.ok(told.output.length > 0));
    abort.abort();
    await assert.rejects(running);
    const pid = Number(told.output[0]?.text);
    await eventually(async () => assert.equal(await isAlive(pid), false));
  });
});
