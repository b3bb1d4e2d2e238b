import assert from 'node:assert/strict';
import { describeExit } from '../../../backend/sessions/exit-reason.ts';
import { javascript } from '../../../backend/workers/javascript/language.ts';
import { eventually } from '../../helpers/eventually.ts';
import { isAlive } from '../../helpers/processes.ts';
import { WorkerProcess } from '../../helpers/worker-process.ts';
import { builtWorkers, Session, testNode } from './session.ts';

describe('JavaScript worker: robustness', () => {
  const tampering = [
    'Promise.prototype.then = null',
    'Promise.prototype.constructor = null',
    'Array.prototype.push = Array.prototype.join = Array.prototype.map = Array.prototype.forEach = () => { throw 1 }',
    'Array.prototype[Symbol.iterator] = null',
    'JSON.parse = JSON.stringify = null',
    'Object.defineProperty = Object.getOwnPropertyDescriptor = Object.keys = Object.entries = null',
    'Reflect.ownKeys = Reflect.apply = null',
    'Map.prototype.get = Map.prototype.set = Map.prototype.has = Set.prototype.add = null',
    'Function.prototype.call = Function.prototype.apply = Function.prototype.bind = null',
    'String.prototype.slice = String.prototype.replace = RegExp.prototype.exec = null',
    'Atomics.load = Atomics.store = Atomics.wait = Atomics.exchange = null',
    'globalThis.process = null',
    'globalThis.console = null',
    'globalThis.Buffer = globalThis.Error = globalThis.Map = globalThis.Promise = globalThis.Symbol = globalThis.Object = null',
    'Error.prepareStackTrace = () => { throw 1 }',
    'Error.stackTraceLimit = 0',
    'Error.prototype.toString = null',
    'Object.prototype.get = 1; Object.prototype.value = 2',
    'Object.freeze(globalThis)',
    'process.stdout.write = process.stderr.write = null',
    'process.removeAllListeners()',
    'require("node:util").inspect = null',
    'require("node:vm").Script = null',
    'require("node:worker_threads").MessagePort.prototype.postMessage = null',
    'require("node:async_hooks").AsyncLocalStorage.prototype.run = null',
  ];
  for (const code of tampering) {
    it(`survives ${code}`, async () => {
      const session = await Session.start();
      try {
        await session.js(code);
        assert.equal(await session.text('1 + 1'), '2');
        assert.equal((await session.js('missing')).status, 'failed');
        assert.equal(await session.text('await 3'), '3');
        const execution = session.worker.execute({ code: 'for (;;);', dialect: 'javascript' });
        await execution.started;
        session.worker.send({ type: 'cancel', executionId: execution.id });
        assert.equal((await execution.finished).status, 'cancelled');
        assert.equal(await session.text('4'), '4');
      } finally {
        await session.stop();
      }
    });
  }

  describe('goes on after', () => {
    let session: Session;
    before(async () => {
      session = await Session.start();
    });
    after(() => session.stop());

    const exhausting: [string, string][] = [
      ['a recursion without end', 'function down() { return down() } down()'],
      ['one after an await', 'await 1; (function down() { down() })()'],
      ['one in a class that is made', 'class K { k = new K() } new K()'],
      ['one in code that is nested too deeply', `eval("[".repeat(1e5))`],
      ['a string that is too long', '"x".repeat(2 ** 30)'],
      ['an array that is too long', 'new Array(-1)'],
    ];
    for (const [what, code] of exhausting) {
      it(`${what}, which is an error of the cell`, async () => {
        const { status, error } = await session.js(code);
        assert.equal(status, 'failed');
        assert.match(error?.name ?? '', /^(RangeError|SyntaxError)$/);
        assert.equal(await session.text('1 + 1'), '2');
      });
    }

    it('a cell that is nested too deeply to be read', async () => {
      for (const dialect of ['javascript', 'typescript', 'typescriptreact'] as const) {
        const { error } = await session.run(dialect, '['.repeat(50_000));
        assert.ok(error, dialect);
        assert.equal(await session.text('1 + 1'), '2');
      }
    });

    it('process.exit in a timer, and says that it did not exit', async () => {
      const { stderr } = await session.js(
        'setTimeout(() => process.exit(3), 1); await new Promise((resolve) => setTimeout(resolve, 20))',
      );
      assert.match(stderr, /ExitError: process\.exit\(3\) ends this cell, not the session/);
      assert.equal(await session.text('1 + 1'), '2');
    });

    it('a rejection that is handled too late, one that a listener takes, an error that a listener takes', async () => {
      assert.equal(
        await session.text(`const late = Promise.reject(new Error('late')); await new Promise((resolve) => setTimeout(resolve, 5));
          await late.catch((error) => error.message)`),
        "'late'",
      );
      await session.js(`var taken = []; process.on('uncaughtException', (error) => taken.push(error.message));
        process.on('unhandledRejection', (error) => taken.push(error.message));
        setTimeout(() => { throw new Error('one') }); Promise.reject(new Error('two'))`);
      await session.js('await new Promise((resolve) => setTimeout(resolve, 20))');
      assert.equal(await session.text('taken.sort()'), "[ 'one', 'two' ]");
      await session.js(
        'process.removeAllListeners("uncaughtException"); process.removeAllListeners("unhandledRejection")',
      );
    });
  });

  it('keeps its output open when user code closes it, and its line to the backend', async () => {
    const session = await Session.start();
    await session.js(`const fs = require('fs'); fs.closeSync(1); fs.closeSync(2);
      await new Promise((resolve) => fs.close(1, resolve)); const { closeSync } = await import('node:fs'); closeSync(2);
      const file = fs.openSync('/dev/null', 'w')`);
    const { stdout, stderr } = await session.js(`fs.writeSync(1, 'one'); fs.writeSync(2, 'two');
      await new Promise((resolve) => fs.createWriteStream('', { fd: 1 }).end(' three', resolve)); fs.closeSync(file)`);
    assert.deepEqual([stdout, stderr], ['one three', 'two']);
    for (const fd of [3, 4, 5]) {
      assert.equal(await session.text(`try { fs.closeSync(${fd}) } catch (error) { error.code }`), "'EBADF'");
      assert.equal(
        await session.text(`await new Promise((done) => fs.close(${fd}, (error) => done(error.code)))`),
        "'EBADF'",
      );
    }
    await session.stop();
  });

  it('leaves what the backend needs to say that memory ran out', async function () {
    this.timeout(20_000);
    const command = javascript.command(await testNode(), builtWorkers, process.env);
    const args = ['--max-old-space-size=32', ...command.args];
    const worker = await WorkerProcess.start({ ...command, args });
    const { finished } = worker.execute({
      code: 'const kept = []; for (;;) kept.push(Array.from({ length: 1e5 }, (_, n) => ({ n })))',
      dialect: 'javascript',
    });
    await assert.rejects(finished);
    const { code, signal } = await worker.exited;
    assert.match(
      describeExit({ code, signal, fault: null, stderrTail: worker.stderrTail }),
      /^The worker ran out of memory/,
      worker.stderrTail,
    );
  });

  it('takes an execution id only once', async () => {
    const session = await Session.start();
    const cell = {
      code: 'globalThis.runs = (globalThis.runs ?? 0) + 1',
      dialect: 'javascript',
      executionId: 'same',
    } as const;
    await session.worker.run(cell);
    session.worker.execute(cell);
    assert.equal(await session.text('runs'), '1');
    await session.stop();
  });

  it('leaves with code 0 and without a word', async () => {
    const session = await Session.start();
    await session.js(
      'setInterval(() => {}, 1000); for (let i = 0; i < 3; i++) require("child_process").spawn("sleep", ["1000"])',
    );
    assert.deepEqual(await session.worker.stop(), { code: 0, signal: null });
    assert.equal(session.worker.stderrTail, '');
  });

  for (const [what, code] of [
    ['idle', '1'],
    ['in an endless loop', 'for (;;);'],
    ['in a child', 'require("child_process").execSync("sleep 1000")'],
  ] as const) {
    it(`dies with its backend and takes its children along: ${what}`, async () => {
      const session = await Session.start();
      const spawned = await session.text('require("child_process").spawn("sleep", ["1000"]).pid');
      const execution = session.worker.execute({ code, dialect: 'javascript' });
      await execution.started;
      await session.worker.closeInput();
      const { signal } = await session.worker.exited;
      assert.equal(signal, 'SIGKILL');
      // Killed at the same time as the worker; the system may come to it later.
      await eventually(async () => assert.equal(await isAlive(Number(spawned)), false));
    });
  }

  for (const code of [
    'process.reallyExit(7)',
    'setTimeout(() => process.reallyExit(7)); await new Promise(() => {})',
  ]) {
    it(`leaves with the code that the program wants, its last words first: ${code}`, async () => {
      const session = await Session.start();
      const { id } = session.worker.execute({
        code: `for (let i = 0; i < 20000; i++) console.log(i); console.error("last words"); ${code}`,
        dialect: 'javascript',
      });
      assert.deepEqual(await session.worker.exited, { code: 7, signal: null });
      assert.match(session.worker.output(id, 'stdout'), /\n19999\n$/);
      assert.equal(session.worker.output(id, 'stderr'), 'last words\n');
      assert.equal(session.worker.stderrTail, '');
    });
  }

  it('drops an execution id that it has seen, also while that runs', async () => {
    const session = await Session.start();
    const twice = (then: string) => ({
      code: `globalThis.n = (globalThis.n ?? 0) + 1; ${then}`,
      dialect: 'javascript' as const,
      executionId: 'twice',
    });
    const asked = session.worker.next('capability_request');
    const first = session.worker.execute(twice('await input("Go on?")'));
    const { requestId } = await asked;
    session.worker.execute(twice(''));
    session.worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value: '' } });
    await first.finished;
    session.worker.execute(twice(''));
    assert.equal(await session.text('n'), '1');
    await session.stop();
  });

  it('ends on a frame that is none, and says why', async () => {
    const session = await Session.start();
    session.worker.sendRaw(Buffer.alloc(64, 0xff));
    await session.worker.exited;
    assert.match(session.worker.stderrTail, /over the limit/);
  });
});
