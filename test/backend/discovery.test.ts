import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { ListSessions, StatusMethod } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { PROTOCOL_VERSION } from '../../backend/protocol/values.ts';
import { BackendFile, StateFolder } from '../../backend/rpc/state-folder.ts';
import { VERSION } from '../../backend/version.ts';
import { dist, stop, TestSession, TestWorkspace } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';
import { isAlive, processesWith } from '../helpers/processes.ts';
import { rawRequest } from '../helpers/raw-request.ts';
import { linux, posix } from '../helpers/where.ts';

describe('finding the backend', () => {
  let workspace: TestWorkspace;
  let folder: StateFolder;

  beforeEach(async () => {
    workspace = await TestWorkspace.make();
    folder = await StateFolder.of(workspace.path, workspace.env);
  });
  afterEach(() => workspace.remove());

  const readFileOfBackend = async () => BackendFile.parse(JSON.parse(await readFile(folder.backendFile, 'utf8')));
  const fails = (code: string, words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof HoldfastError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  };

  it('starts none when it may not', async () => {
    await assert.rejects(workspace.connect({ backend: null }), fails('not_found', /No Holdfast backend runs/));
  });

  it('finds the same one again, also by a link to the workspace', async () => {
    const first = await workspace.connect();
    const second = await workspace.connect();
    const link = `${workspace.path}-link`;
    await symlink(workspace.path, link, 'junction');
    const third = await workspace.connect({ workspace: link });
    assert.deepEqual([second.hello.pid, third.hello.pid], [first.hello.pid, first.hello.pid]);
  });

  it('ends with one backend when ten clients start at once', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => workspace.connect()));
    assert.equal(new Set(clients.map(({ hello }) => hello.pid)).size, 1);
  });

  linux('leaves one process when programs of several windows start at once', async () => {
    const windows = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [path.join(dist, 'cli.js'), 'doctor', '--json', '--workspace', workspace.path], {
        env: workspace.env,
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    await Promise.all(windows.map((window) => once(window, 'exit')));
    const [ours, backends] = await Promise.all([workspace.path, path.join(dist, 'backend.js')].map(processesWith));
    assert.equal(backends?.filter((pid) => ours?.includes(pid)).length, 1);
  });

  posix('keeps its folder, its file and its socket to its user', async () => {
    await chmod(folder.path, 0o755);
    await workspace.connect();
    const { socket } = await readFileOfBackend();
    const modes = await Promise.all(
      [folder.path, folder.backendFile, socket].map(async (file) => (await stat(file)).mode & 0o777),
    );
    assert.deepEqual(modes, [0o700, 0o600, 0o600]);
  });

  it('replaces a damaged file', async () => {
    for (const text of [
      '',
      '{"pid":',
      '{"pid":1}',
      '\0\0',
      JSON.stringify({ pid: 1, socket: '', token: '', version: '' }),
    ]) {
      await writeFile(folder.backendFile, text);
      await stop(await workspace.connect());
    }
  });

  it('replaces the file of a backend that was killed', async () => {
    const first = await workspace.connect();
    process.kill(first.hello.pid, 'SIGKILL');
    await new Promise<void>((resolve) => first.onClose(() => resolve()));
    const second = await workspace.connect();
    assert.notEqual(second.hello.pid, first.hello.pid);
    const sockets = (await readdir(folder.path)).filter((name) => name.endsWith('.sock'));
    if (process.platform !== 'win32') assert.equal(sockets.length, 1, 'the dead one’s socket is gone');
  });

  posix('does not touch what a damaged file names, unless it is a socket', async () => {
    const precious = path.join(workspace.path, 'precious.txt');
    await writeFile(precious, 'data');
    await writeFile(
      folder.backendFile,
      JSON.stringify({ pid: process.pid, socket: precious, token: '0'.repeat(64), version: VERSION }),
    );
    await workspace.connect();
    assert.equal(await readFile(precious, 'utf8'), 'data');
  });

  posix('starts a new one when something else holds the address', async () => {
    const address = await folder.newSocketPath();
    const other = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => other.listen(address, resolve));
    try {
      await folder.writeBackendFile({ pid: process.pid, socket: address, token: '0'.repeat(64), version: VERSION });
      const client = await workspace.connect();
      assert.notEqual(client.hello.pid, process.pid);
    } finally {
      other.close();
    }
  });

  it('refuses a client with a wrong token and logs it', async () => {
    await workspace.connect();
    const { socket } = await readFileOfBackend();
    const params = { protocol: PROTOCOL_VERSION, token: 'f'.repeat(64), client: 'intruder', clientVersion: '1' };
    const { answer, closed } = await rawRequest(socket, 'hello', params);
    assert.deepEqual([answer.type, answer.code], ['failure', 'unauthorized']);
    await closed;
    assert.match(await readFile(folder.logFile, 'utf8'), /"intruder" was refused: it has the wrong token/);
    assert.doesNotMatch(await readFile(folder.logFile, 'utf8'), /f{64}/);
  });

  it('answers nothing before hello', async () => {
    await workspace.connect();
    const { socket } = await readFileOfBackend();
    const { answer } = await rawRequest(socket, 'sessions.list', {});
    assert.deepEqual([answer.type, answer.code], ['failure', 'not_found']);
  });

  it('closes a connection that breaks the protocol, and goes on', async () => {
    const client = await workspace.connect();
    const { socket } = await readFileOfBackend();
    for (const bytes of [
      Buffer.alloc(64, 0xff),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from('\x02\0\0\0\0\0\0\0{]'),
    ]) {
      const intruder = net.connect(socket);
      intruder.on('error', () => {});
      intruder.write(bytes);
      await once(intruder, 'close');
    }
    assert.deepEqual(await client.request(ListSessions, {}), { sessions: [] });
  });

  it('replaces an idle backend of another version', async () => {
    const old = await workspace.connect();
    const client = await workspace.connect({ version: '99.0.0' }).catch((error: unknown) => error);
    // The one that was started is of this version again, so the future client cannot be content; the old one is gone, though.
    assert.ok(client instanceof HoldfastError);
    await eventually(async () => assert.equal(await isAlive(old.hello.pid), false));
  });

  it('does not replace one of another version that runs code', async () => {
    const client = await workspace.connect();
    const session = await TestSession.open(client, 'javascript');
    const { executionId } = await session.start('await new Promise(() => {})');
    await assert.rejects(workspace.connect({ version: '99.0.0' }), fails('conflict', /still runs code/));
    assert.equal((await client.request(StatusMethod, {})).runningExecutions, 1);
    await session.cancel(executionId);
  });

  linux('does not start a second one beside a backend that is stopped', async () => {
    const client = await workspace.connect();
    process.kill(client.hello.pid, 'SIGSTOP');
    try {
      await assert.rejects(workspace.connect(), fails('timeout', /does not answer/));
    } finally {
      process.kill(client.hello.pid, 'SIGCONT');
    }
    assert.equal((await workspace.connect()).hello.pid, client.hello.pid);
  });

  it('exits by itself when it is idle', async () => {
    const client = await workspace.connect({ idleTimeoutSeconds: 0.2 });
    client.close();
    await eventually(async () => assert.equal(await isAlive(client.hello.pid), false));
    assert.equal(await folder.readBackendFile(), undefined);
  });

  it('exits when it is idle and its folder has been removed', async () => {
    const client = await workspace.connect({ idleTimeoutSeconds: 0.5 });
    await rm(workspace.state, { recursive: true });
    client.close();
    await eventually(async () => assert.equal(await isAlive(client.hello.pid), false));
  });

  it('does not exit while code runs', async () => {
    const client = await workspace.connect({ idleTimeoutSeconds: 0.2 });
    const session = await TestSession.open(client, 'javascript');
    const gate = path.join(workspace.path, 'gate');
    await session.start(
      `const fs = require('fs'); while (!fs.existsSync(${JSON.stringify(gate)})) await new Promise((done) => setTimeout(done, 20))`,
    );
    client.close();
    // Five times as long as it may be idle.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal(await isAlive(client.hello.pid), true);
    await writeFile(gate, '');
    await eventually(async () => assert.equal(await isAlive(client.hello.pid), false), 30_000);
  });

  posix('uses the temporary folder when its own path is too long for a socket', async () => {
    workspace = await TestWorkspace.make();
    const deep = path.join(workspace.state, 'x'.repeat(120));
    await mkdir(deep, { recursive: true });
    const long = await StateFolder.of(workspace.path, { HOLDFAST_STATE_DIR: deep });
    assert.ok(Buffer.byteLength(await long.newSocketPath()) <= 103);
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = deep;
    try {
      await assert.rejects(long.newSocketPath(), fails('unavailable', /HOLDFAST_STATE_DIR/));
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });

  it('says when its folder cannot be written, and what to do', async () => {
    const file = path.join(workspace.path, 'a-file');
    await writeFile(file, '');
    await assert.rejects(
      StateFolder.of(workspace.path, { HOLDFAST_STATE_DIR: path.join(file, 'state') }),
      fails('unavailable', /cannot use its state folder.*HOLDFAST_STATE_DIR/),
    );
    await assert.rejects(
      StateFolder.of(path.join(workspace.path, 'nowhere')),
      fails('unavailable', /cannot be opened/),
    );
  });
});
