import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  Configure,
  DEFAULT_SETTINGS,
  Execute,
  InterruptSession,
  ListNamespace,
  RestartSession,
  StatusMethod,
} from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { encodeFrame } from '../../backend/protocol/frame.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { languages } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { codeBlock } from '../../extension/inline/code-block.ts';
import { ColoredText } from '../../media/text/colored-text.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';
import { timesUpTo } from '../helpers/patient-ladder.ts';
import { StalledClient } from '../helpers/stalled-client.ts';
import { posix } from '../helpers/where.ts';

type Cells = Readonly<Record<LanguageId, string>>;

const MEGABYTE = 1024 * 1024;
const ROOT = path.resolve(import.meta.dirname, '../..');
/** The engine's names that each language has. */
const ENGINE_NAMES: Readonly<Record<LanguageId, readonly string[]>> = {
  python: '_ __ ___ _i _ii _iii In Out _ih _oh _exit_code _exception'.split(' '),
  javascript: '_ __ ___ In Out _exception'.split(' '),
};
const ASSIGN: Readonly<Record<LanguageId, (name: string) => string>> = {
  python: (name) => `${name} = "mine"`,
  javascript: (name) => `${name} = "mine"; undefined`,
};
const FAIL: Cells = {
  python: 'added = 1\nraise ValueError()\nnever = 1',
  javascript: 'var added = 1\nthrow new RangeError()\nvar never = 1',
};
const ENDLESS: Cells = {
  python: 'print("go", flush=True)\nwhile True: pass',
  javascript: 'console.log("go"); for (;;);',
};
/** The program and a child of it write to both streams; the child's last bytes come when the program has long said its own. */
const FAMILY: Cells = {
  python:
    'import subprocess\nprint("own" * 10_000)\nsubprocess.run("for n in $(seq 2000); do echo child $n; echo oops $n >&2; done; echo last", shell=True).returncode',
  javascript:
    'console.log("own".repeat(10_000)); require("child_process").spawnSync("for n in $(seq 2000); do echo child $n; echo oops $n >&2; done; echo last", { shell: true, stdio: "inherit" }).status',
};
const CRASH: Cells = { python: 'import os\nos._exit(7)', javascript: 'process.reallyExit(7)' };
/** Skips `finally`, and the engine's own frames around the cell, when it is ended by force. */
const STUBBORN: Cells = {
  python:
    'import time\nprint("go", flush=True)\nwhile True:\n  try: time.sleep(0.01)\n  except: pass\n  finally: depth = 1',
  javascript: 'console.log("go"); for (;;) { try { for (;;); } catch {} finally { globalThis.depth = 1; continue } }',
};
/** Objects that count each call of their code, then an endless cell, so that the summary is made beside it. */
const WATCHED: Cells = {
  python: `
calls = []
class Meta(type):
    def __repr__(cls): calls.append("meta"); return "Meta"
    def __len__(cls): calls.append("meta len"); return 1
class Watched(metaclass=Meta):
    def __repr__(self): calls.append("repr"); return "W"
    def __str__(self): calls.append("str"); return "W"
    def __len__(self): calls.append("len"); return 1
    def __getattribute__(self, name): calls.append(name); return object.__getattribute__(self, name)
    def __eq__(self, other): calls.append("eq"); return True
    def __hash__(self): calls.append("hash"); return 1
    @property
    def shape(self): calls.append("shape"); return (1,)
class Text(str):
    def __repr__(self): calls.append("text"); return "T"
    def __len__(self): calls.append("text len"); return 1
watched, kind, text, inside = Watched(), Watched, Text("abc"), [Watched()]
calls.clear()`,
  javascript: `
var calls = [];
var trap = new Proxy({}, new Proxy({}, { get: (_, trap) => { calls.push(trap) } }));
class Watched {
  get [Symbol.toStringTag]() { calls.push("tag"); return "W" }
  get length() { calls.push("length"); return 1 }
  get own() { calls.push("own"); return 1 }
  toString() { calls.push("toString"); return "W" }
  toJSON() { calls.push("toJSON") }
  [Symbol.for("nodejs.util.inspect.custom")]() { calls.push("inspect"); return "W" }
}
var watched = new Watched(), kind = Watched, inside = [new Watched(), trap];
Object.defineProperty(globalThis, "tempting", { get() { calls.push("global"); return 1 }, enumerable: true, configurable: true });
calls.length = 0; undefined`,
};
const CALLS: Cells = { python: 'calls', javascript: 'calls.length' };
const NO_CALLS: Cells = { python: '[]', javascript: '0' };
const WRITE_RAW: Readonly<Record<LanguageId, (hex: string) => string>> = {
  python: (hex) => `import os\nfor fd in (1, 2): _ = os.write(fd, bytes.fromhex("${hex}"))\n"end"`,
  javascript: (hex) => `for (const fd of [1, 2]) require("fs").writeSync(fd, Buffer.from("${hex}", "hex")); "end"`,
};
const PRINT_ON: Cells = {
  python: `import sys\nwhile True: _ = sys.stdout.write("x" * ${MEGABYTE})`,
  javascript: `for (;;) process.stdout.write("x".repeat(${MEGABYTE}))`,
};

for (const { id, label } of languages) {
  describe(`invariants: ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let session: TestSession;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
    });
    after(() => workspace.remove());
    beforeEach(async () => {
      session = await TestSession.open(client, id);
    });

    const lastLine = async (code: string) => (await session.run(code)).lines.at(-1);
    const inspect = (of = session) => of.client.request(ListNamespace, { sessionId: of.id, start: 0, count: 1000 });

    it('1 Merge-only namespace: user code cannot overwrite the engine’s names, the engine can; a failed cell removes nothing', async () => {
      for (const name of ENGINE_NAMES[id]) {
        await session.run(ASSIGN[id](name));
        assert.notEqual(await lastLine(name), "=> 'mine'", name);
      }
      await session.run('20 + 1');
      assert.equal(await lastLine('_ * 2'), '=> 42');
      await session.run(id === 'python' ? 'kept = 41; mapping = globals()' : 'var kept = 41, mapping = globalThis');
      assert.equal((await session.run(FAIL[id])).outcome.status, 'failed');
      assert.equal(await lastLine('kept + added'), '=> 42');
      const same = id === 'python' ? 'int(mapping is globals())' : 'Number(mapping === globalThis)';
      assert.equal(await lastLine(same), '=> 1');
    });

    posix(
      '2 Output before result: every byte of a cell and of its children comes before its terminal event',
      async () => {
        const { executionId, stdout, stderr } = await session.run(FAMILY[id]);
        const counted = Array.from({ length: 2000 }, (_, n) => n + 1);
        // What JavaScript's console prints comes another way than what a child writes.
        const own = `${'own'.repeat(10_000)}\n`;
        assert.ok(stdout.includes(own));
        assert.equal(stdout.replace(own, ''), `${counted.map((n) => `child ${n}\n`).join('')}last\n`);
        assert.equal(stderr, counted.map((n) => `oops ${n}\n`).join(''));
        await session.run('1');
        const kinds = session.events.flatMap(({ event }) =>
          'executionId' in event && event.executionId === executionId ? [event.kind] : [],
        );
        assert.equal(kinds.indexOf('finished'), kinds.length - 1);
      },
    );

    it('3 Exactly one terminal event per execution: succeeded, failed, cancelled, crashed, restarted', async () => {
      const ids: string[] = [];
      const start = async (code: string) => {
        const { executionId, ended } = await session.start(code);
        ids.push(executionId);
        return { executionId, ended };
      };
      await (await start('1')).ended;
      await (await start(FAIL[id])).ended;
      const endless = await start(ENDLESS[id]);
      const behind = await start('2');
      await Promise.all([
        session.cancel(endless.executionId),
        session.cancel(behind.executionId),
        session.interruptAll(),
      ]);
      const crash = await start(CRASH[id]);
      await start('3');
      await crash.ended;
      await start(ENDLESS[id]);
      await start('4');
      await client.request(RestartSession, { sessionId: session.id });
      await (await start('5')).ended;
      const finished = session.events.flatMap(({ event }) => (event.kind === 'finished' ? [event.executionId] : []));
      assert.deepEqual(finished.toSorted(), ids.toSorted());
    });

    posix(
      '5 Nothing pending is stranded: the death of a worker settles what waits for it, with a typed error',
      async () => {
        await session.run('1');
        const { ended } = await session.start(ENDLESS[id]);
        await session.until(() => session.events.some(({ event }) => event.kind === 'started') || undefined);
        const pid = (await session.info()).pid ?? 0;
        process.kill(pid, 'SIGSTOP');
        // Its control thread is stopped, too: the question is under way when it dies.
        const question = inspect();
        await client.request(StatusMethod, {});
        process.kill(pid, 'SIGKILL');
        await assert.rejects(question, (error) => error instanceof HoldfastError && error.code === 'closed');
        assert.equal((await ended).status, 'lost');
      },
    );

    it('7 No engine state depends on a `finally`: after a cell was ended by force the next is as after any other', async () => {
      await session.run('20 + 1');
      await client.request(Configure, { ...DEFAULT_SETTINGS, cancel: timesUpTo(['force']) });
      const { outcome } = await session.run(STUBBORN[id], {
        when: ['go', (of, executionId) => void of.cancel(executionId)],
      });
      await client.request(Configure, DEFAULT_SETTINGS);
      assert.ok(outcome.status === 'cancelled');
      assert.notEqual(outcome.rung, 'kill');
      assert.equal(await lastLine('_ * 2'), '=> 42', 'the last value');
      const asked = await session.run('await input("? ")'.slice(id === 'python' ? 6 : 0), { answers: ['yes'] });
      assert.equal(asked.lines.at(-1), "=> 'yes'", 'prompts');
      const printed = await session.run('print(7)'.replace('print', id === 'python' ? 'print' : 'console.log'));
      assert.deepEqual([printed.stdout, printed.outcome.status], ['7\n', 'succeeded'], 'whose output it is');
      const again = await session.run(ENDLESS[id], { when: ['go', (of, executionId) => void of.cancel(executionId)] });
      assert.equal(again.outcome.status, 'cancelled', 'a further cancel');
    });

    it('8 The control thread never calls user code when it summarises the namespace', async () => {
      await session.run(WATCHED[id]);
      const { executionId, ended } = await session.start(ENDLESS[id]);
      await session.until(() => session.output(executionId, 'stdout').includes('go') || undefined);
      const { variables } = await inspect();
      assert.ok(variables.some(({ name }) => name === 'watched'));
      await session.cancel(executionId);
      await ended;
      assert.equal(await lastLine(CALLS[id]), `=> ${NO_CALLS[id]}`);
    });

    it('9 User output never travels on the protocol stream: frames and markers that a program prints are text', async () => {
      const [head] = encodeFrame({ type: 'ready', id: 1, timestamp: 1 });
      const bytes = Buffer.concat([head, Buffer.from(`\0\x1e${'0'.repeat(32)}:end:x\x1e\xff\xfe\0\0\0`, 'latin1')]);
      const { executionId, outcome } = await session.run(WRITE_RAW[id](bytes.toString('hex')));
      assert.equal(outcome.status, 'succeeded');
      for (const stream of ['stdout', 'stderr'] as const) {
        const written = session.events.flatMap(({ event, payload }) =>
          event.kind === 'output' && event.executionId === executionId && event.stream === stream ? [payload] : [],
        );
        assert.deepEqual(Buffer.concat(written), bytes, stream);
      }
    });

    it('9 Every buffer is bounded; backpressure reaches the user’s print', async () => {
      const stalled = await StalledClient.attach(workspace, session.id, 'lossless');
      const { executionId, ended } = await session.start(PRINT_ON[id]);
      // Another reader shows how far the program has come: not on, once what is bounded is full.
      let before = -1;
      await eventually(() => {
        const now = session.received(executionId);
        const still = now > MEGABYTE && now === before;
        before = now;
        assert.ok(still, `${now} bytes and more`);
      });
      assert.ok(before < 64 * MEGABYTE, `print wrote ${before} bytes that nobody reads`);
      stalled.close();
      await session.cancel(executionId);
      assert.equal((await ended).status, 'cancelled');
    });

    it('10 Everything that comes from a program is data: it makes no link, no markup, no escape in what is shown', async () => {
      const hostile =
        '[x](command:workbench.action.quit) ``` <script>alert(1)</script> \u001b]8;;command:x\u0007link\u001b]8;;\u0007';
      const print = id === 'python' ? 'print' : 'console.log';
      const { stdout } = await session.run(`${print}(${JSON.stringify(hostile)})`);
      assert.equal(stdout, `${hostile}\n`);
      const [fence, ...inside] = codeBlock(stdout).split('\n');
      assert.ok(
        !inside.slice(0, -1).some((line) => line.startsWith(fence?.replace('text', '') ?? '')),
        'ends its block',
      );
      assert.equal(
        new ColoredText()
          .read(stdout)
          .map(({ text }) => text)
          .join(''),
        `${hostile.replaceAll(/\u001b\][^\u0007]*\u0007/g, '')}\n`,
      );
    });
  });
}

describe('invariants: Python and the backend', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;

  before(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
  });
  after(() => workspace.remove());

  it('4 Single reader: one event loop per session, whichever way a cell asks for it', async () => {
    const session = await TestSession.open(client, 'python');
    await session.run('import asyncio\nloops = set()\nasync def note(): loops.add(id(asyncio.get_running_loop()))');
    await session.run('await note()');
    await session.run('task = asyncio.create_task(note())');
    await session.run('await task\nloops.add(id(asyncio.get_running_loop()))');
    await session.run('loops.add(id(asyncio.get_event_loop()))');
    assert.deepEqual((await session.run('len(loops)')).lines, ['=> 1']);
  });

  it('4 Single reader: one place in the backend reads a transport, one makes an event loop in the worker', () => {
    const holding = (pattern: string, text: RegExp) =>
      globSync(pattern, { cwd: ROOT }).filter((file) => text.test(readFileSync(path.join(ROOT, file), 'utf8')));
    assert.deepEqual(holding('backend/{rpc,sessions,.}/*.ts', /\.push\(chunk\)\) \{\n[^}]*frame/), [
      'backend/rpc/transport.ts',
    ]);
    assert.deepEqual(holding('backend/workers/python/worker/**/*.py', /\bnew_event_loop\(/), [
      'backend/workers/python/worker/holdfast_worker/loop.py',
    ]);
  });

  posix('5 Nothing pending is stranded: the death of the backend settles every request with `closed`', async () => {
    const own = await TestWorkspace.make();
    try {
      const connection = await own.connect();
      const session = await TestSession.open(connection, 'python');
      const { ended } = await session.start(ENDLESS.python);
      await session.until(() => session.events.some(({ event }) => event.kind === 'started') || undefined);
      process.kill(connection.hello.pid, 'SIGSTOP');
      const requests = [
        connection.request(StatusMethod, {}),
        connection.request(ListNamespace, { sessionId: session.id, start: 0, count: 1 }),
        connection.request(InterruptSession, { sessionId: session.id }),
      ];
      process.kill(connection.hello.pid, 'SIGKILL');
      for (const request of requests) await assert.rejects(request, { name: 'HoldfastError', code: 'closed' });
      await assert.rejects(ended);
      await assert.rejects(connection.request(StatusMethod, {}), { code: 'closed' });
    } finally {
      await own.remove();
    }
  });

  it('10 Everything that comes from outside is data: an id can not name a path', async () => {
    const session = await TestSession.open(client, 'python');
    for (const executionId of ['../../escape', '/etc/passwd', 'a/b', 'a\0b', '..']) {
      const request = client.request(
        Execute,
        {
          sessionId: session.id,
          executionId,
          dialect: 'python',
          source: { name: '<test>', path: null, line: 1, column: 0 },
          batch: null,
        },
        { payload: Buffer.from('1') },
      );
      await assert.rejects(request, { code: 'invalid' });
    }
  });
});
