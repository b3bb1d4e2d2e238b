import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bubblewrap } from '../../backend/workers/bubblewrap.ts';
import type { FloorBounds, Interpreter } from '../../backend/workers/language.ts';
import { eventually } from '../helpers/eventually.ts';
import { isAlive, processesWith } from '../helpers/processes.ts';
import { GatedSession } from './javascript/gate/gated.ts';
import { testNode } from './javascript/session.ts';

describe('bubblewrap under a session', function () {
  this.timeout(30_000);
  let session: GatedSession | undefined;
  afterEach(async () => {
    await session?.stop();
    session = undefined;
  });

  async function start(may: Partial<FloorBounds> = {}): Promise<GatedSession> {
    const node = await testNode();
    return GatedSession.start({
      asks: [],
      wrap: (command, folder) => {
        const workspace = path.join(folder, 'workspace');
        const bounds = { readable: [workspace], writable: [workspace], network: true, programs: true, ...may };
        return bubblewrap.wrap(command, node, bounds);
      },
    });
  }

  function onFloor(name: string, test: () => Promise<void>): void {
    it(name, async function () {
      const problem = await bubblewrap.problem(await testNode(), process.env);
      if (problem !== null) {
        (this.test as { title: string }).title = `${name} (not tried: ${problem})`;
        this.skip();
      }
      await test();
    });
  }

  onFloor('leaves the workspace, and nothing else, to be written; files elsewhere are not there', async () => {
    session = await start();
    const { outside } = session;
    assert.equal(
      await session.text(`require('fs').writeFileSync('made', 'x'); require('fs').readFileSync('own.txt', 'utf8')`),
      "'my own'",
    );
    assert.match((await session.text(`require('fs').readFileSync('${outside}/secret.txt', 'utf8')`)) ?? '', /ENOENT/);
    assert.match((await session.text(`require('fs').writeFileSync('/etc/made', 'x')`)) ?? '', /EROFS|EACCES|EPERM/);
  });

  onFloor('shows no other processes, and lets none be signalled', async () => {
    session = await start();
    const seen = await session.text(
      `require('fs').readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length < 5`,
    );
    assert.equal(seen, 'true');
    assert.match((await session.text(`process.kill(${process.pid}, 0)`)) ?? '', /ESRCH/);
  });

  onFloor('has no network when it may not use it', async () => {
    session = await start({ network: false });
    const code = `await new Promise((done, fail) => require('net').connect(9, '127.0.0.1', done).on('error', fail))`;
    assert.match((await session.text(code)) ?? '', /ECONNREFUSED|ENETUNREACH/);
    assert.equal(
      await session.text(`Object.keys(require('os').networkInterfaces()).every((name) => name === 'lo')`),
      'true',
    );
  });

  onFloor('is cancelled, ends when it is told to, and leaves nothing when it is killed', async () => {
    session = await start();
    const { worker } = session;
    const execution = session.execute(
      `require('child_process').spawn('sleep', ['1000']); for (;;) try { for (;;); } catch {}`,
    );
    await execution.started;
    worker.send({ type: 'interrupt', executionId: execution.id, rung: 'children' });
    assert.equal((await execution.finished).status, 'cancelled');
    assert.equal(await session.text('1 + 1'), '2');
    worker.send({ type: 'shutdown' });
    assert.deepEqual(await worker.exited, { code: 0, signal: null }, worker.stderrTail);

    await session.stop();
    session = await start();
    const marker = `${process.pid}.${Date.now() % 100_000}`;
    await session.text(`require('child_process').spawn('sleep', ['${marker}'], { detached: true }).pid`);
    const { pid } = session.worker;
    process.kill(pid, 'SIGKILL');
    await session.worker.exited;
    await eventually(async () => assert.deepEqual(await processesWith(marker), []));
    assert.equal(await isAlive(pid), false);
  });

  it('never lets in the home folder for an interpreter that lies there', async () => {
    const home = await realpath(await mkdtemp(path.join(os.tmpdir(), 'holdfast-home-')));
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      for (const place of ['bin/node', 'node', '.local/bin/node']) {
        const program = path.join(home, place);
        await mkdir(path.dirname(program), { recursive: true });
        await writeFile(program, '');
        const interpreter: Interpreter = { path: program, version: '24.0.0', origin: 'setting', watched: [] };
        const command = { executable: program, args: [], env: {} };
        const { args } = bubblewrap.wrap(command, interpreter, {
          readable: [],
          writable: [],
          network: true,
          programs: true,
        });
        const bound = args.filter((_, index) => args[index - 1] === '--ro-bind-try');
        assert.ok(
          bound.includes(program) || bound.some((folder) => folder !== home && program.startsWith(`${folder}/`)),
          place,
        );
        const others = [home, path.join(home, '.local/share/keyrings')];
        assert.ok(
          !bound.some((folder) => others.some((one) => `${one}/`.startsWith(`${folder}/`))),
          `${place}: ${bound}`,
        );
      }
    } finally {
      process.env['HOME'] = before;
      await rm(home, { recursive: true });
    }
  });
});
