import assert from 'node:assert/strict';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { eventually } from '../../../helpers/eventually.ts';
import { DENIED, GatedSession } from './gated.ts';

/** Programs that do one thing that is gated, and what is asked for. OUT: a folder that is not the workspace; PORT: where a server listens. */
const OPERATIONS: readonly (readonly [name: string, code: string, asked: string])[] = [
  ['fs sync', `require('fs').readFileSync('OUT/secret.txt', 'utf8')`, 'read fs.readFile /outside/secret.txt'],
  [
    'fs callback',
    `await new Promise((done, fail) => require('fs').readFile('OUT/secret.txt', (error, data) => error ? fail(error) : done(data)))`,
    'read fs.open /outside/secret.txt',
  ],
  ['fs promise', `await require('fs/promises').readFile('OUT/secret.txt')`, 'read fs.open /outside/secret.txt'],
  [
    'fs stream',
    `for await (const chunk of require('fs').createReadStream('OUT/secret.txt'));`,
    'read fs.open /outside/secret.txt',
  ],
  [
    'a file handle',
    `await (await require('fs/promises').open('OUT/secret.txt')).close()`,
    'read fs.open /outside/secret.txt',
  ],
  ['a folder', `require('fs').readdirSync('OUT')`, 'read fs.readdir /outside'],
  ['a folder, step by step', `await (await require('fs/promises').opendir('OUT')).close()`, 'read fs.opendir /outside'],
  ['write sync', `require('fs').writeFileSync('OUT/new.txt', 'x')`, 'write fs.writeFile /outside/new.txt'],
  ['write promise', `await require('fs/promises').appendFile('OUT/new.txt', 'x')`, 'write fs.open /outside/new.txt'],
  [
    'write stream',
    `await new Promise((done, fail) => require('fs').createWriteStream('OUT/new.txt').on('error', fail).on('finish', done).end('x'))`,
    'write fs.open /outside/new.txt',
  ],
  ['a new folder', `require('fs').mkdirSync('OUT/a/b', { recursive: true })`, 'write fs.mkdir /outside/a/b'],
  ['delete sync', `require('fs').unlinkSync('OUT/secret.txt')`, 'delete fs.unlink /outside/secret.txt'],
  ['delete promise', `await require('fs/promises').unlink('OUT/secret.txt')`, 'delete fs.unlink /outside/secret.txt'],
  ['execSync', `require('child_process').execSync('exit 0')`, 'subprocess child_process.spawnSync /bin/sh -c exit 0'],
  [
    'exec',
    `await require('util').promisify(require('child_process').exec)('exit 0')`,
    'subprocess child_process.spawn /bin/sh -c exit 0',
  ],
  [
    'spawn',
    `await new Promise((done, fail) => require('child_process').spawn('true', ['a']).on('error', fail).on('exit', done))`,
    'subprocess child_process.spawn /bin/true a',
  ],
  [
    'net',
    `await new Promise((done, fail) => require('net').connect(PORT, '127.0.0.1', done).on('error', fail))`,
    'network net.connect 127.0.0.1:PORT',
  ],
  [
    'http by name',
    `await new Promise((done, fail) => require('http').get('http://localhost:PORT/', { agent: false }, (got) => done(got.resume())).on('error', fail))`,
    'network net.connect localhost:PORT',
  ],
  ['fetch', `await (await fetch('http://localhost:PORT/')).text()`, 'network fetch localhost:PORT'],
  [
    'udp',
    `const udp = require('dgram').createSocket('udp4'); await new Promise((done, fail) => udp.send('x', PORT, '127.0.0.1', (error) => { udp.close(); error ? fail(error) : done() }))`,
    'network dgram.send 127.0.0.1:PORT',
  ],
  ['a look-up', `await require('dns').promises.lookup('localhost')`, 'network dns.lookup localhost:null'],
];

/** Node does them after the call, when the line that called is not known any more. */
const LATER = new Set(['fs stream', 'write stream', 'net', 'udp']);

describe('JavaScript gate', function () {
  this.timeout(10_000);
  let session: GatedSession;
  let server: net.Server;
  let port: number;
  const filled = (text: string) => text.replaceAll('OUT', session.outside).replaceAll('PORT', String(port));

  before(async () => {
    server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'));
    });
    await new Promise<void>((listening) => server.listen(0, listening));
    port = (server.address() as net.AddressInfo).port;
  });

  beforeEach(async () => {
    session = await GatedSession.start();
  });

  afterEach(() => session.stop());

  after(() => new Promise((closed) => server.close(closed)));

  describe('asks once, and goes on when it is allowed', () => {
    for (const [name, code, asked] of OPERATIONS) {
      it(name, async () => {
        const { error } = await session.run(filled(code));
        assert.equal(error, null, error?.traceback);
        const place = session.asked[0]?.location;
        const line = place && path.basename(place.file) === 'cell.js' ? place.line : null;
        assert.equal(line, LATER.has(name) ? null : 1, 'the line that does it');
        assert.deepEqual(session.taken(), [asked.replaceAll('PORT', String(port))]);
      });
    }
  });

  describe('raises PermissionError when it is denied', () => {
    for (const [name, code] of OPERATIONS) {
      it(name, async () => {
        session.answer = () => 'deny';
        const { error } = await session.run(filled(code));
        assert.equal(error?.name, 'PermissionError', error?.traceback);
        assert.ok(error?.message.startsWith(DENIED), error?.message);
        assert.equal(await session.text('_exception.code'), "'EACCES'");
        assert.equal(session.taken().length, 1);
      });
    }
  });

  describe('ends with a cancel, and asks again', () => {
    for (const [name, code] of OPERATIONS) {
      it(name, async () => {
        session.answer = () => 'leave';
        const asked = session.next();
        const execution = session.execute(filled(code));
        const first = await asked;
        session.worker.send({ type: 'cancel', executionId: execution.id });
        assert.equal((await execution.finished).status, 'cancelled');
        // As the broker does, which closes the questions of an execution that has ended.
        const answer = { status: 'failed', code: 'closed', message: 'The cell is over.' } as const;
        session.worker.send({ type: 'capability_response', requestId: first.requestId, answer });

        session.answer = () => 'deny';
        const before = session.asked.length;
        const { error } = await session.run(filled(code));
        assert.equal(error?.name, 'PermissionError', error?.traceback);
        assert.equal(session.asked.length, before + 1);
      });
    }
  });

  describe('remembers an answer until there is a new policy', () => {
    for (const [name, code] of OPERATIONS.filter(([one]) => !one.startsWith('delete'))) {
      it(name, async () => {
        session.answer = () => 'remember';
        await session.run(filled(code));
        await session.run(filled(code));
        assert.equal(session.taken().length, 1);
        session.policy();
        await session.run(filled(code));
        assert.equal(session.taken().length, 1);
      });
    }
  });

  it('asks for what is awaited without blocking the loop', async () => {
    session.answer = () => 'leave';
    const asked = session.next();
    // Both may come in one piece: whoever listened for the second only after the first would miss it.
    const ticked = session.worker.next('output', ({ payload }) => payload.toString().includes('ticked'));
    const execution = session.execute(
      filled(`let ticks = 0; const timer = setInterval(() => ticks++, 1); const data = require('fs/promises').readFile('OUT/secret.txt', 'utf8');
       while (ticks < 3) await new Promise((done) => setTimeout(done, 1)); console.log('ticked'); clearInterval(timer); await data`),
    );
    const question = await asked;
    await ticked;
    session.reply(question, 'allow');
    assert.equal((await execution.finished).text, "'a secret'");
  });

  it('tells the folder that a program starts in', async () => {
    await session.run(
      `const { spawnSync } = require('child_process'); spawnSync('true'); spawnSync('true', { cwd: 'OUT' }); spawnSync('true', { cwd: '..' })`.replace(
        'OUT',
        session.outside,
      ),
    );
    const folders = session.asked.map(({ parameters }) => parameters['cwd']);
    assert.deepEqual(folders, [session.workspace, session.outside, `${session.workspace}/..`]);
  });

  it('names the line that asks', async () => {
    await session.run(filled(`\n\nrequire('fs').readFileSync('OUT/secret.txt')`));
    const [asked] = session.asked;
    assert.equal(asked?.location?.line, 3);
    assert.equal(path.basename(asked?.location?.file ?? ''), 'cell.js');
  });

  it('names the line however many calls of Node lie between, and however few a stack is to have', async () => {
    await writeFile(path.join(session.outside, 'common.cjs'), 'exports.n = 1');
    await session.run(filled(`\nrequire('OUT/common.cjs')`));
    await session.run(filled(`Error.stackTraceLimit = 0\n\nrequire('fs').readFileSync('OUT/secret.txt')`));
    assert.deepEqual(
      session.asked.map(({ location }) => location?.line ?? null),
      [2, 3],
    );
    assert.equal(await session.text('Error.stackTraceLimit'), '0');
  });

  it('names the line of the program, not that of the library which it calls', async () => {
    const folder = path.join(session.workspace, 'node_modules/reader');
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'index.js'),
      filled(
        `exports.read = () => require('fs').readFileSync('OUT/secret.txt');\nexports.later = () => setImmediate(exports.read);`,
      ),
    );
    await session.run(`const reader = require('reader')\n\nreader.read()`);
    await session.run(`reader.later(); await new Promise((done) => setImmediate(done))`);
    assert.deepEqual(
      session.asked.map(({ location }) => location && [path.basename(location.file), location.line]),
      [
        ['cell.js', 3],
        ['index.js', 1],
      ],
    );
  });

  describe('what is told of a program that is not started is the refusal alone', () => {
    const started = `const cp = require('child_process')`;
    const ways = {
      exec: `${started}; await require('util').promisify(cp.exec)('exit 0')`,
      execFile: `${started}; await require('util').promisify(cp.execFile)('true', ['a'])`,
      spawn: `${started}; const child = cp.spawn('true'); child.stdout.resume(); await require('events').once(child, 'exit')`,
      'spawn with a channel': `${started}; await require('events').once(cp.fork('none.js'), 'exit')`,
      'spawn of which the input is written': `${started}; const child = cp.spawn('cat'); child.stdin.end('x'); await require('events').once(child, 'exit')`,
    };
    for (const [name, code] of Object.entries(ways)) {
      it(name, async () => {
        session.answer = () => 'deny';
        const { error, stderr } = await session.run(code);
        assert.equal(error?.name, 'PermissionError', error?.traceback);
        assert.equal(stderr, '');
        const later = await session.run('await new Promise(setImmediate)');
        assert.deepEqual([later.error, later.stderr], [null, '']);
      });
    }
  });

  it('asks in the order of the calls, for each of them', async () => {
    const { text } = await session.run(
      filled(`const { appendFile } = require('fs/promises');
       (await Promise.all(['1', '2', '3'].map((one) => appendFile('OUT/' + one, one)))).length`),
    );
    assert.equal(text, '3');
    assert.deepEqual(
      session.taken(),
      ['1', '2', '3'].map((one) => `write fs.open /outside/${one}`),
    );
  });

  it('asks nothing in the workspace, for modules, for what a file is', async () => {
    const { workspace, outside } = session;
    await writeFile(path.join(workspace, 'neighbour.mjs'), 'export const n = 1');
    await writeFile(path.join(workspace, 'common.js'), 'exports.n = 1');
    await writeFile(path.join(workspace, 'data.json'), '{ "n": 1 }');
    const code = `const fs = require('fs'); fs.writeFileSync('a.txt', 'x'); fs.mkdirSync('d'); fs.renameSync('a.txt', 'd/b.txt'); fs.rmSync('d', { recursive: true });
      require('./common.js'); require('./data.json'); await import('./neighbour.mjs'); require('node:crypto');
      fs.statSync('${outside}/secret.txt'); fs.existsSync('${outside}'); fs.realpathSync('${outside}'); fs.writeFileSync('/dev/null', 'x')`;
    assert.equal((await session.run(code)).error, null);
    assert.deepEqual(session.taken(), []);
  });

  it('asks in the workspace where nothing is free', async () => {
    session.policy(['read', 'write', 'delete'], { readsFree: false, writesFree: false });
    await session.run(
      `const fs = require('fs'); fs.readFileSync('own.txt'); fs.writeFileSync('own.txt', 'x'); fs.unlinkSync('own.txt')`,
    );
    assert.deepEqual(session.taken(), [
      'read fs.open /workspace/own.txt',
      'write fs.writeFile /workspace/own.txt',
      'delete fs.unlink /workspace/own.txt',
    ]);
  });

  describe('asks for what reads and writes at once as reading, where its writing need not be asked for', () => {
    for (const [asked, code] of [
      ['fs.link', `require('fs').linkSync('OUT/secret.txt', 'mine')`],
      ['fs.link', `await require('fs/promises').link('OUT/secret.txt', 'mine')`],
      ['fs.rename', `require('fs').renameSync('OUT/secret.txt', 'mine')`],
      ['fs.rename', `await require('fs/promises').rename('OUT/secret.txt', 'mine')`],
      ['fs.open', `require('fs').openSync('OUT/secret.txt', 'r+')`],
      ['fs.open', `require('fs').openSync('OUT/secret.txt', 'a+')`],
      ['fs.open', `require('fs').openSync('OUT/secret.txt', require('fs').constants.O_CREAT)`],
    ] as const) {
      it(code, async () => {
        session.policy(['read'], { readsFree: false });
        session.answer = () => 'deny';
        assert.match((await session.text(filled(code))) ?? '', /^PermissionError/);
        assert.deepEqual(session.taken(), [`read ${asked} /outside/secret.txt`]);
      });
    }

    it('and what only writes is not', async () => {
      session.policy(['read'], { readsFree: false });
      const code = `const fs = require('fs'); for (const flags of ['wx+', 'w+', 'a']) fs.closeSync(fs.openSync('OUT/new', flags))`;
      assert.equal((await session.run(filled(code))).error, null);
      assert.deepEqual(session.taken(), []);
    });
  });

  it('asks once for a folder with all that is in it', async () => {
    const code =
      filled(`const fs = require('fs'); fs.mkdirSync('t/u', { recursive: true }); fs.writeFileSync('t/u/f', 'x'); fs.writeFileSync('t/g', 'x');
      fs.cpSync('t', 'OUT/t', { recursive: true }); await fs.promises.cp('t', 'OUT/v', { recursive: true });
      fs.readdirSync('OUT/t', { recursive: true }); await fs.promises.rm('OUT/t', { recursive: true }); await new Promise((done, fail) => fs.rm('OUT/v', { recursive: true }, (error) => error ? fail(error) : done()))`);
    const { error } = await session.run(code);
    assert.equal(error, null, error?.traceback);
    assert.deepEqual(session.taken(), [
      'write fs.cp /outside/t',
      'write fs.cp /outside/v',
      'read fs.readdir /outside/t',
      'delete fs.rm /outside/t',
      'delete fs.rm /outside/v',
    ]);
    // And what was allowed for that is over.
    await session.run(filled(`require('fs').mkdirSync('OUT/t')`));
    assert.deepEqual(session.taken(), ['write fs.mkdir /outside/t']);
  });

  it('holds what was allowed for a folder to what was to be done with it', async () => {
    const code = filled(`const fs = require('fs'); fs.mkdirSync('t'); fs.writeFileSync('t/f', 'x');
      const meanwhile = (action) => { let seen = 0; return { get recursive() { if (seen++ === 1) action(); return true } } };
      await fs.promises.readdir('OUT', meanwhile(() => fs.readFileSync('OUT/secret.txt', 'utf8')));
      await fs.promises.cp('t', 'OUT/t', meanwhile(() => fs.writeFileSync('OUT/t', '')  || fs.unlinkSync('OUT/t')));
      await fs.promises.cp('OUT', 'copy', meanwhile(() => fs.copyFileSync('OUT/secret.txt', 'mine')));
      await fs.promises.rm('OUT', meanwhile(() => fs.readFileSync('OUT/secret.txt', 'utf8')));`);
    const { error } = await session.run(code);
    assert.equal(error, null, error?.traceback);
    assert.deepEqual(session.taken(), [
      'read fs.readdir /outside',
      'read fs.readFile /outside/secret.txt',
      'write fs.cp /outside/t',
      'write fs.writeFile /outside/t',
      'delete fs.unlink /outside/t',
      'read fs.cp /outside',
      'read fs.copyFile /outside/secret.txt',
      'delete fs.rm /outside',
      'read fs.readFile /outside/secret.txt',
    ]);
  });

  it('forgets what was allowed for a folder when that fails', async () => {
    const { error } = await session.run(
      filled(`const fs = require('fs');
      try { fs.cpSync('none', 'OUT/t', { recursive: true }) } catch {} fs.mkdirSync('OUT/t');
      await new Promise((done) => fs.cp('OUT', 'copy', { recursive: true, filter: 5 }, done)); fs.readdirSync('OUT')`),
    );
    assert.equal(error, null, error?.traceback);
    assert.deepEqual(session.taken(), [
      'write fs.cp /outside/t',
      'write fs.mkdir /outside/t',
      'read fs.cp /outside',
      'read fs.readdir /outside',
    ]);
  });

  describe('tells what is wrong with the arguments when it is allowed', () => {
    for (const [name, code] of [
      ['a promise', `await require('fs').openAsBlob('OUT/secret.txt', 5)`],
      [
        'a callback',
        `await new Promise((done, fail) => require('fs').opendir('OUT', { encoding: 'none' }, (error) => error ? fail(error) : done()))`,
      ],
      [
        'a folder',
        `await new Promise((done, fail) => require('fs').cp('own.txt', 'OUT/made', { recursive: true, filter: 5 }, (error) => error ? fail(error) : done()))`,
      ],
    ] as const) {
      it(name, async () => {
        const { error } = await session.run(filled(code));
        assert.match(`${error?.name}: ${error?.message}`, /^TypeError: .*(options|encoding|filter)/);
        assert.equal(session.taken().length, 1);
      });
    }
  });

  describe('asks for the program that really runs', () => {
    for (const [code, asked] of [
      [`spawnSync('true', { env: { PATH: 'none:bin' } })`, 'child_process.spawnSync /workspace/bin/true'],
      [`spawnSync('./true', { cwd: 'bin' })`, 'child_process.spawnSync /workspace/bin/true'],
      [`spawnSync('bin/true', { argv0: '/bin/true' })`, 'child_process.spawnSync /workspace/bin/true'],
      [
        `await new Promise((done) => spawn('true', { env: { PATH: 'bin' } }).on('exit', done))`,
        'child_process.spawn /workspace/bin/true',
      ],
      [`spawnSync('none')`, 'child_process.spawnSync none'],
    ] as const) {
      it(code, async () => {
        await mkdir(path.join(session.workspace, 'bin'), { recursive: true });
        await copyFile('/bin/true', path.join(session.workspace, 'bin/true'));
        await session.run(`const { spawn, spawnSync } = require('child_process'); ${code}`);
        assert.deepEqual(session.taken(), [`subprocess ${asked}`]);
      });
    }
  });

  it('stands whole when the first cell is cancelled as soon as it has begun', async () => {
    for (let round = 0; round < 6; round++) {
      await session.stop();
      session = await GatedSession.start();
      session.answer = () => 'deny';
      const execution = session.execute('for (;;) try { for (;;); } catch {}');
      await execution.started;
      session.worker.send({ type: 'interrupt', executionId: execution.id, rung: 'interrupt' });
      assert.equal((await execution.finished).status, 'cancelled');
      await session.run(filled(`require('fs').readFileSync('OUT/secret.txt')`));
      await session.run(`process.kill(process.ppid, 'SIGWINCH')`);
      assert.deepEqual(
        session.asked.map(({ capability }) => capability),
        ['read', 'subprocess'],
      );
      session.asked.splice(0);
    }
  });

  it('leaves no more at a signal than fetch itself does', async () => {
    const code = filled(`const { signal } = new AbortController(); const { getEventListeners } = require('events');
      await fetch('http://localhost:PORT/', { signal }).then((response) => response.text(), () => {}); getEventListeners(signal, 'abort').length`);
    const allowed = await session.text(code);
    session.policy([]);
    assert.equal(allowed, await session.text(code));
    session.policy();
    session.answer = () => 'deny';
    assert.equal(await session.text(code), '0');
  });

  it('follows changes of the level, both ways, in the middle of a cell too', async () => {
    const read = filled(`require('fs').readFileSync('OUT/secret.txt', 'utf8')`);
    session.policy([]);
    assert.equal(await session.text(read), "'a secret'");
    assert.deepEqual(session.taken(), []);
    session.policy();
    assert.equal(await session.text(read), "'a secret'");
    assert.equal(session.taken().length, 1);

    session.answer = () => 'deny';
    const execution = session.execute(
      `let passed; while (!passed) try { ${read}; passed = 'let through' } catch (error) { if (error.name !== 'PermissionError') throw error } passed`,
    );
    await eventually(() => assert.ok(session.asked.length > 0));
    session.policy([]);
    assert.equal((await execution.finished).text, "'let through'");
    session.policy();
    assert.match((await session.text(read)) ?? '', /^PermissionError/);
  });

  it('is not there for a level that asks nothing', async () => {
    await session.stop();
    session = await GatedSession.start({ asks: [] });
    assert.equal(await session.text(`String(process.binding('fs').open)`), "'function open() { [native code] }'");
  });

  it('leaves the functions as libraries know them', async () => {
    const code = `const fs = require('fs'), cp = require('child_process'), util = require('util');
      [fs.exists[util.promisify.custom] !== undefined, typeof fs.realpath.native, fs.readFile.length, fs.readFile.name, fs.rm.length, fs.rm.name, cp.exec[util.promisify.custom] !== undefined,
       fetch.name, fetch.length, typeof fs.promises.constants, require('net').Socket.prototype.connect.name, new (require('node:sqlite').DatabaseSync)(':memory:') instanceof require('node:sqlite').DatabaseSync].join()`;
    const gated = await session.text(code);
    await session.stop();
    session = await GatedSession.start({ asks: [] });
    assert.equal(gated, await session.text(code));
  });

  it('is the same by import as by require', async () => {
    const { text } = await session.run(
      `import * as fs from 'node:fs'; import { rm } from 'node:fs/promises'; import { Worker } from 'node:worker_threads'; import { Socket } from 'node:net';
       [fs.rmSync === require('fs').rmSync, rm === require('fs/promises').rm, Worker === require('worker_threads').Worker, Socket === require('net').Socket].join()`,
    );
    assert.equal(text, "'true,true,true,true'");
  });

  it('judges by the real path', async () => {
    const { workspace, outside } = session;
    await symlink(outside, path.join(workspace, 'link'));
    await symlink(path.join(outside, 'not-there.txt'), path.join(workspace, 'dangling'));
    await session.run(`const fs = require('fs'); fs.readFileSync('link/secret.txt'); fs.readFileSync('../workspace/../outside/secret.txt'); fs.writeFileSync('dangling', 'x'); fs.unlinkSync('dangling');
      fs.mkdirSync('new/../../outside/made', { recursive: true })`);
    assert.deepEqual(session.taken(), [
      'read fs.open /outside/secret.txt',
      'read fs.open /outside/secret.txt',
      'write fs.writeFile /outside/not-there.txt',
      'write fs.mkdir /outside/made',
    ]);
  });

  it('tells timeouts and the end of a question', async () => {
    session.answer = () => 'leave';
    for (const [code, name] of [
      ['timeout', 'TimeoutError'],
      ['closed', 'EOFError'],
    ] as const) {
      const asked = session.next();
      const execution = session.execute(filled(`require('fs').readFileSync('OUT/secret.txt')`));
      const { requestId } = await asked;
      session.worker.send({
        type: 'capability_response',
        requestId,
        answer: { status: 'failed', code, message: 'why' },
      });
      assert.equal((await execution.finished).error?.name, name);
    }
  });
});
