import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { nodePermission } from '../../../../backend/workers/javascript/node-permission.ts';
import type { FloorBounds } from '../../../../backend/workers/language.ts';
import { testNode } from '../session.ts';
import { GatedSession } from './gated.ts';

const root = path.join(import.meta.dirname, '../../../..');

describe('Node’s permission model under a JavaScript session', function () {
  this.timeout(60_000);
  let session: GatedSession | undefined;

  afterEach(async () => {
    await session?.stop();
    session = undefined;
  });

  /** @param asks none: what the floor does by itself */
  async function start(may: Partial<FloorBounds> = {}, asks?: readonly []): Promise<GatedSession> {
    const node = await testNode();
    return GatedSession.start({
      ...(asks ? { asks } : {}),
      wrap: (command, folder) => {
        const workspace = path.join(folder, 'workspace');
        const bounds = { readable: [workspace], writable: [workspace], network: true, programs: false, ...may };
        return nodePermission.wrap(command, node, bounds);
      },
    });
  }

  function onFloor(name: string, test: () => Promise<void>): void {
    it(name, async function () {
      const problem = await nodePermission.problem(await testNode(), process.env);
      if (problem !== null) {
        (this.test as { title: string }).title = `${name} (not tried: ${problem})`;
        this.skip();
      }
      await test();
    });
  }

  onFloor('runs cells, modules and timers in the workspace, and says nothing of itself', async () => {
    session = await start();
    const { text, error, stderr } = await session.run(
      `require('fs').writeFileSync('m.mjs', 'export const n = 1'); const { n } = await import('./m.mjs'); await new Promise((done) => setTimeout(done, 1)); n + require('fs').readFileSync('own.txt', 'utf8')`,
    );
    assert.equal(error, null, error?.traceback);
    assert.deepEqual([text, stderr], ["'1my own'", '']);
  });

  for (const [name, code] of [
    ['reading outside', `require('fs').readFileSync('OUT/secret.txt', 'utf8')`],
    ['writing outside', `require('fs').writeFileSync('OUT/made', '')`],
    ['deleting outside', `require('fs').rmSync('OUT/secret.txt')`],
    ['a program', `require('child_process').execSync('touch OUT/made')`],
    ['machine code', `process.dlopen({ exports: {} }, 'OUT/made.node')`],
    ['process.binding', `process.binding('fs')`],
    [
      'a thread',
      `await new Promise((done, fail) => new (require('worker_threads').Worker)("require('fs').writeFileSync('OUT/made', '')", { eval: true }).on('error', fail).on('exit', done))`,
    ],
    ['WASI', `new (require('wasi').WASI)({ version: 'preview1', preopens: { '/': 'OUT' } })`],
  ] as const) {
    onFloor(`stops ${name}, though nothing is asked for`, async () => {
      session = await start({}, []);
      const { outside } = session;
      const { error } = await session.run(code.replaceAll('OUT', outside));
      assert.match(`${error?.message}`, /restricted|permission|denied|disabled|process.binding/i, error?.traceback);
      assert.ok(!existsSync(path.join(outside, 'made')));
      assert.ok(existsSync(path.join(outside, 'secret.txt')));
    });
  }

  onFloor('writes nowhere when the level denies it', async () => {
    session = await start({ writable: [] }, []);
    const { error } = await session.run(`require('fs').writeFileSync('made', '')`);
    assert.match(`${error?.message}`, /restricted/);
  });

  onFloor('has the gate above it, and gives Node’s inner functions to nobody', async () => {
    session = await start();
    session.answer = () => 'deny';
    const read = await session.text(`require('fs').readFileSync('${session.outside}/secret.txt', 'utf8')`);
    assert.match(read ?? '', /^PermissionError/);
    assert.deepEqual(session.taken(), ['read fs.readFile /outside/secret.txt']);
    const found = `[require('internal/test/binding').internalBinding, (await import('internal/test/binding')).internalBinding].join()`;
    assert.equal(await session.text(found), "','");
  });

  for (const programs of [false, true]) {
    onFloor(
      `ends when it is told to, and with a cancel that looks for children, where programs are ${programs ? 'allowed' : 'not'}`,
      async () => {
        session = await start({ programs });
        const { worker } = session;
        const execution = session.execute(`console.log('begun'); for (;;) try { for (;;); } catch {}`);
        await execution.started;
        worker.send({ type: 'interrupt', executionId: execution.id, rung: 'children' });
        assert.equal((await execution.finished).status, 'cancelled');
        assert.equal(await session.text('1 + 1'), '2');
        worker.send({ type: 'shutdown' });
        assert.deepEqual(await worker.exited, { code: 0, signal: null }, worker.stderrTail);
      },
    );
  }

  for (const programs of [[], ['--allow-child-process']]) {
    onFloor(`leaves the children that it cannot look for to the backend: ${programs[0] ?? 'no programs'}`, async () => {
      const script = path.join(root, 'backend/workers/javascript/control/children.ts');
      const code = `import(${JSON.stringify(script)}).then(({ killChildren }) => killChildren(0)).then(console.log)`;
      const args = ['--permission', ...programs, `--allow-fs-read=${script}`, `--allow-fs-read=${root}/package.json`];
      const { stdout } = await promisify(execFile)((await testNode()).path, [...args, '-e', code]);
      assert.equal(stdout, '0\n');
    });
  }

  it('asks the editor’s own program as a Node, which it is only when it is told to be', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-editor-'));
    try {
      const program = path.join(folder, 'code');
      await writeFile(program, '#!/bin/sh\n[ "$ELECTRON_RUN_AS_NODE" = 1 ]\n', { mode: 0o755 });
      const editor = { path: program, version: '24.0.0', origin: 'bundled', watched: [] };
      assert.equal(await nodePermission.problem(editor, { PATH: process.env['PATH'] }), null);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says what it needs', async () => {
    const old = { path: '/usr/bin/node', version: '22.1.0', origin: 'PATH', watched: [] };
    assert.match((await nodePermission.problem(old, process.env)) ?? '', /needs Node 24/);
  });
});
