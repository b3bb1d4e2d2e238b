import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ListSessions } from '../../backend/protocol/client/index.ts';
import { StateFolder } from '../../backend/rpc/state-folder.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { type CliOptions, holdfast } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';
import { interpreters } from '../helpers/python-interpreters.ts';

/** Programs whose steps say in a file that they have run. */
const PROGRAMS = {
  python: {
    file: 'work.py',
    marker: '# %%',
    prelude: `
def did(what, value):
    with open("did.txt", "a") as file: file.write(what + "\\n")
    return value
`,
    three: `
import os
print(step("one", did, "one", 1))
print(step("two", lambda: did("two", {"n": [2]})))
if os.path.exists("wait"):
    open("waits", "w").close()
    import time; time.sleep(600)
print(step("three", did, "three", 3))
`,
    loop: 'print([step("square", lambda i=i: did(f"square {i}", i * i), key=i) for i in range(4)])\n',
    keyless: 'for i in range(2): step("square", did, "square", i)\n',
    retries: `
tries = 0
def flaky():
    global tries
    tries += 1
    step("inner", did, "inner", 1)
    if tries < 3: raise ValueError(f"no {tries}")
    return tries
print(step("flaky", flaky, retries=2, backoff=0.01))
`,
    gaveUp: `
def always(): raise ValueError(did("always", "never"))
try: step("always", always, retries=1, backoff=0.01)
except ValueError as error: print("gave up:", error)
`,
    late: `
import time
def slow():
    did("slow", 0)
    try: time.sleep(600)
    except Exception: print("swallowed")
try: step("slow", slow, timeout=0.1)
except TimeoutError as error: print("late:", error)
`,
    unkept: 'print(len(list(step("open", lambda: (did("open", i) for i in range(2))))))\n',
    hostile: `
names = ["__proto__", "constructor", "a\\0b\\x1b[31m\\n", "\\u202e", "x" * 200]
print([step(name, did, "name", i) for i, name in enumerate(names)])
for name in ["", "x" * 201, "x" * 1_000_000, "\\ud800", 5]:
    try: step(name, did, "never", 0)
    except TypeError as error: print("refused:", str(error)[:22])
try: step("k", did, "never", 0, key="k" * 2_000_000)
except TypeError as error: print("refused:", str(error)[:21])
print(step("k", did, "keyed", 0, key="__proto__"))
`,
    value: `
class Point:
    def __init__(self, x): self.x = x
    def double(self): return self.x * 2
shared = [1]
value = step("point", lambda: did("point", {"point": Point(21), "a": shared, "b": shared, "bytes": bytes(range(256)) * 100}))
print(value["point"].double(), value["a"] is value["b"], len(value["bytes"]))
`,
    unread: 'print(step("point", lambda: did("point", 1)))\n',
  },
  javascript: {
    file: 'work.ts',
    marker: '// %%',
    prelude: `
import fs from 'node:fs'
const did = <T>(what: string, value: T): T => { fs.appendFileSync('did.txt', what + '\\n'); return value }
`,
    three: `
console.log(await step('one', () => did('one', 1)))
console.log((await step('two', async () => did('two', { n: [2] }))).n[0])
if (fs.existsSync('wait')) {
  fs.writeFileSync('waits', '')
  await new Promise((resolve) => setTimeout(resolve, 600_000))
}
console.log(await step('three', () => did('three', 3)))
`,
    loop: `
const squares: number[] = []
for (let i = 0; i < 4; i++) squares.push(await step('square', () => did('square ' + i, i * i), { key: i }))
console.log(squares.join())
`,
    keyless: `for (let i = 0; i < 2; i++) await step('square', () => did('square', i))\n`,
    retries: `
let tries = 0
console.log(await step('flaky', async () => {
  tries++
  await step('inner', () => did('inner', 1), { key: 0 })
  if (tries < 3) throw new Error('no ' + tries)
  return tries
}, { retries: 2, backoff: 10 }))
`,
    gaveUp: `
const always = () => { did('always', 0); throw new Error('never') }
try { await step('always', always, { retries: 1, backoff: 10 }) } catch (error) { console.log('gave up: ' + error.message) }
`,
    late: `
const slow = ({ signal }) => new Promise(() => { did('slow', 0); signal.addEventListener('abort', () => console.log('told')) })
try { await step('slow', slow, { timeout: 100 }) } catch (error) { console.log('late: ' + error.name) }
`,
    unkept: `console.log((await step('open', () => [() => did('open', 1), did('open', 2)])).length)\n`,
    hostile: `
const names = ['__proto__', 'constructor', 'a\\0b\\x1b[31m\\n', '\\u202e', 'x'.repeat(200)]
const found = []
for (const [i, name] of names.entries()) found.push(await step(name, () => did('name', i)))
console.log('[' + found.join(', ') + ']')
for (const name of ['', 'x'.repeat(201), 'x'.repeat(1_000_000), '\\ud800', 5]) {
  try { await step(name as string, () => did('never', 0)) } catch (error) { console.log('refused: ' + error.message.slice(0, 22)) }
}
try { await step('k', () => did('never', 0), { key: 'k'.repeat(2_000_000) }) } catch (error) { console.log('refused: ' + error.message.slice(0, 21)) }
console.log(await step('k', () => did('keyed', 0), { key: '__proto__' }))
`,
    value: `
class Point { constructor(public x: number) {} double() { return this.x * 2 } }
const shared = [1]
const value = await step('point', () => did('point', { point: new Point(21), a: shared, b: shared, bytes: new Uint8Array(25_600) }))
console.log(value.point.double(), value.a === value.b, value.bytes.length)
`,
    unread: `console.log(await step('point', () => did('point', 1)))\n`,
  },
} as const;

for (const language of ['python', 'javascript'] as const) {
  const program = PROGRAMS[language];

  describe(`steps of a ${language} program, from the command line`, () => {
    let workspace: TestWorkspace;
    beforeEach(async () => {
      workspace = await TestWorkspace.make();
    });
    afterEach(() => workspace.remove());

    const file = (name: string) => path.join(workspace.path, name);
    const cli = (args: readonly string[], options?: CliOptions) => holdfast(workspace, args, options);
    const write = (...cells: string[]) =>
      writeFile(file(program.file), cells.map((cell) => `${program.marker} Cell\n${cell}`).join(''));
    const run = (...more: string[]) => cli(['run', program.file, '--session', 's', ...more]);
    const did = async () =>
      (await readFile(file('did.txt'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    const backendPid = async () => {
      const found = await (await StateFolder.of(workspace.path, workspace.env)).readBackendFile();
      assert.ok(found && found !== 'corrupt');
      return found.pid;
    };
    const workerPid = async () => {
      const client = await workspace.connect();
      const { sessions } = await client.request(ListSessions, {});
      client.close();
      const [session] = sessions;
      assert.ok(session?.pid);
      return session.pid;
    };

    for (const [what, victim] of [
      ['worker', workerPid],
      ['backend', backendPid],
    ] as const) {
      it(`goes on behind the last finished step when its ${what} was killed between two`, async () => {
        await write(program.prelude + program.three);
        await writeFile(file('wait'), '');
        const killed = run();
        await eventually(() => readFile(file('waits')), 20_000);
        process.kill(await victim(), 'SIGKILL');
        assert.notEqual((await killed).code, 0);
        assert.deepEqual(await did(), ['one', 'two']);
        await rm(file('wait'));
        const again = await run();
        assert.equal(again.code, 0, again.stderr);
        assert.match(again.stdout, /^1\n.*2.*\n3\n/);
        assert.deepEqual(await did(), ['one', 'two', 'three']);
        assert.match((await run()).stdout, /^1\n.*2.*\n3\n/);
        assert.deepEqual(await did(), ['one', 'two', 'three']);
      });
    }

    it('have keys in a loop, and say that they need them', async () => {
      await write(program.prelude, program.loop);
      const first = await run();
      assert.match(first.stdout, /0, ?1, ?4, ?9/);
      assert.equal((await run()).stdout, first.stdout);
      assert.deepEqual(await did(), ['square 0', 'square 1', 'square 2', 'square 3']);
      await write(program.prelude, program.keyless);
      const refused = await run();
      assert.match(refused.stderr, /TypeError: There has been a step .square. in this run .* Give each its own key/);
    });

    it('are tried again, fail at last, and are not kept then', async () => {
      await write(program.prelude, program.retries, program.gaveUp);
      const { stdout, stderr } = await run();
      assert.match(stdout, /^3\n[\s\S]*^gave up: never$/m);
      assert.match(stderr, /The step "flaky" failed \(\w+: no 1\)\. It is tried again in 0\.01 s \(1 of 2\)\./);
      assert.match(stderr, /The step "flaky" failed \(\w+: no 2\)\. It is tried again in 0\.02 s \(2 of 2\)\./);
      assert.deepEqual(await did(), ['inner', 'always', 'always']);
      await run();
      assert.deepEqual(await did(), ['inner', 'always', 'always', 'always', 'always']);
    });

    it('end at their timeout, unfinished', async () => {
      await write(program.prelude, program.late);
      const { stdout } = await run();
      assert.match(
        stdout,
        language === 'python' ? /late: It took longer than 0\.1 s\./ : /told\n[\s\S]*late: TimeoutError/,
      );
      assert.doesNotMatch(stdout, /swallowed/);
      await run();
      assert.deepEqual(await did(), ['slow', 'slow']);
    });

    it('say that a value is not kept that cannot be written', async () => {
      await write(program.prelude, program.unkept);
      for (let n = 0; n < 2; n++) {
        const { stdout, stderr } = await run();
        assert.match(stdout, /^2$/m);
        assert.match(stderr, /^holdfast: The value of the step "open" is not kept, so it runs again next time: /m);
      }
      assert.match((await cli(['steps'])).stdout, /^No steps are kept\.$/m);
    });

    it('have any name that is a text, and no other', async () => {
      await write(program.prelude, program.hostile);
      const first = await run();
      assert.equal(first.code, 0, first.stderr);
      assert.match(
        first.stdout,
        /\[0, 1, 2, 3, 4\]\n(refused: The name of a step is \n){5}refused: The key of a step has\n0\n/,
      );
      assert.equal((await run()).stdout, first.stdout);
      assert.deepEqual(await did(), ['name', 'name', 'name', 'name', 'name', 'keyed']);
      const listed = await cli(['steps']);
      assert.ok(!listed.stdout.includes('\x1b') && !listed.stdout.includes('\0'), listed.stdout);
      assert.equal((await cli(['steps', '--json'])).lines.length, 6);
    });

    it('give back instances, shared objects and bytes, and say what is missing for that', async () => {
      await write(program.prelude, program.value);
      const first = await run();
      assert.match(first.stdout.toLowerCase(), /42 true 25600/);
      await cli(['restart', 's']);
      assert.equal((await run()).stdout, first.stdout);
      assert.deepEqual(await did(), ['point']);
      // Another text of the same cell, without the class.
      await write(program.prelude, program.value.replace(/class Point[\s\S]*?(?=shared|const shared)/, ''));
      await cli(['restart', 's']);
      const unread = await run('--edited-steps', 'keep');
      assert.match(unread.stderr, /The kept value of the step .point. cannot be read \(.*Point.*\)\. Define or import/);
      assert.deepEqual(await did(), ['point']);
    });

    it('are those of their cell when another is put above it, and ask when it is edited', async () => {
      await write(program.prelude, program.loop);
      const first = await run();
      await write(program.prelude, '1\n', program.loop);
      assert.ok((await run()).stdout.includes(first.stdout.split('\n')[1] ?? '?'));
      assert.equal((await did()).length, 4);

      await write(program.prelude, `${program.loop}2\n`);
      const anew = await run();
      assert.match(anew.stderr, /^holdfast: This cell was changed since its steps were kept: "square" run anew\.$/m);
      assert.equal((await did()).length, 8);

      await write(program.prelude, `${program.loop}3\n`);
      const kept = await run('--edited-steps', 'keep');
      assert.match(kept.stdout, /was changed since its steps were kept\. Do their values still count\?/);
      assert.equal((await did()).length, 8);
      assert.doesNotMatch((await run()).stdout, /was changed/);
      assert.equal((await did()).length, 8);
      // What was there before the edits is there again without them.
      await write(program.prelude, program.loop);
      await run();
      assert.equal((await did()).length, 8);
    });

    it('are listed and forgotten', async () => {
      await write(program.prelude + program.three, program.loop);
      await run();
      const { lines } = await cli(['steps', '--json']);
      assert.deepEqual(
        lines.map(({ name, key }) => `${name} ${key}`),
        ['square 3', 'square 2', 'square 1', 'square 0', 'three null', 'two null', 'one null'],
      );
      const [newest] = lines;
      assert.equal(newest?.['line'], (program.prelude + program.three).split('\n').length + 1);
      assert.deepEqual(
        [newest?.['file'], newest?.['heading'], newest?.['level']],
        [file(program.file), `${program.marker} Cell`, 'trusted'],
      );
      assert.match((await cli(['steps'])).stdout, /^ID +STEP +KEY +TYPE/);
      assert.equal((await cli(['forget-steps', 'two'])).stdout, 'Forgot 1 step: it runs again.\n');
      assert.equal(
        (await cli(['forget-steps', String(newest?.['stepId']).slice(0, 8)])).stdout,
        'Forgot 1 step: it runs again.\n',
      );
      assert.match((await cli(['forget-steps', 'none'])).stderr, /There is no kept step "none"/);
      assert.match((await cli(['forget-steps'])).stderr, /Say which/);
      await run();
      assert.deepEqual((await did()).slice(7), ['two', 'square 3']);
      process.kill(await backendPid(), 'SIGKILL');
      assert.equal((await cli(['forget-steps', '--file', program.file])).stdout, 'Forgot 7 steps: they run again.\n');
      process.kill(await backendPid(), 'SIGKILL');
      assert.equal((await cli(['steps', '--json'])).stdout, '');
    });

    it('run without being kept when promises cannot be kept, and say so once', async () => {
      const { promisesFolder } = await StateFolder.of(workspace.path, workspace.env);
      await mkdir(path.dirname(promisesFolder), { recursive: true });
      await writeFile(promisesFolder, 'not a folder');
      await write(program.prelude + program.three, program.loop);
      const { stdout, stderr, code } = await run();
      assert.equal(code, 0, stderr);
      assert.match(stdout, /0, ?1, ?4, ?9/);
      assert.equal(stderr.match(/holdfast: Steps are not kept: /g)?.length, 1, stderr);
    });
  });

  describe(`steps of a ${language} session`, () => {
    let workspace: TestWorkspace;
    before(async () => {
      workspace = await TestWorkspace.make();
    });
    after(() => workspace.remove());

    const one = language === 'python' ? 'step("who", lambda: who)' : 'await step("who", () => who)';
    const set = (name: string) => (language === 'python' ? `who = "${name}"` : `var who = "${name}"`);

    it('are asked about by a person, and run anew for an agent', async () => {
      const client = await workspace.connect();
      const session = await TestSession.open(client, language);
      const options = { file: path.join(workspace.path, program.file) };
      await session.run(set('first'));
      await session.run(`${program.marker} T\n${one}`, options);
      await session.run(set('second'));
      const edited = await session.run(`${program.marker} T\n${one} ${language === 'python' ? '#' : '//'} edited`, {
        ...options,
        answers: ['Keep the finished steps'],
      });
      assert.deepEqual(edited.lines, ["=> 'first'"]);
      const anew = await session.run(`${program.marker} T\n${one}  ${language === 'python' ? '#' : '//'} again`, {
        ...options,
        answers: ['2'],
      });
      assert.deepEqual(anew.lines, ["=> 'second'"]);
      await session.run(set('third'));
      const agent = await session.run(`${program.marker} T\n${one}   ${language === 'python' ? '#' : '//'} agent`, {
        ...options,
        origin: 'agent',
      });
      // At its level it may use what a person has kept, so it is told.
      assert.deepEqual(agent.lines, [
        'err holdfast: This cell was changed since its steps were kept: "who" run anew.',
        "=> 'third'",
      ]);
      client.close();
    });

    it('do not come from a run of a stricter level', async () => {
      const client = await workspace.connect();
      const session = await TestSession.open(client, language);
      const run = (name: string, level: 'sandbox' | 'restricted' | 'trusted') =>
        session.run(one, { file: path.join(workspace.path, name), security: { level, allow: [], deny: [] } });
      await session.run(set('agent'));
      assert.deepEqual((await run('levels', 'restricted')).lines, ["=> 'agent'"]);
      await session.run(set('person'));
      assert.deepEqual((await run('levels', 'trusted')).lines, ["=> 'person'"]);
      await session.run(set('agent again'));
      assert.deepEqual((await run('levels', 'restricted')).lines, ["=> 'person'"]);
      assert.deepEqual((await run('levels', 'sandbox')).lines, ["=> 'person'"]);
      client.close();
    });

    it('are cancelled as any code is, and unfinished then', async () => {
      const client = await workspace.connect();
      const session = await TestSession.open(client, language);
      const cell =
        language === 'python'
          ? 'import time\ndef wait():\n    print("begun"); time.sleep(600)\nstep("wait", wait)'
          : 'await step("wait", () => { console.log("begun"); return new Promise(() => {}) })';
      const options = { when: ['begun', (it: TestSession, id: string) => void it.cancel(id)] } as const;
      for (let n = 0; n < 2; n++) {
        const { outcome, stdout } = await session.run(cell, { ...options, file: '/nowhere/cancelled' });
        assert.deepEqual([outcome.status, stdout], ['cancelled', 'begun\n']);
      }
      client.close();
    });
  });
}

/** What each version does in a way of its own: loops, contexts, timeouts, threads. */
const PECULIAR = `
import asyncio, functools, threading, time
def slow(seconds): time.sleep(seconds); return seconds
async def double(n):
    await asyncio.sleep(0.01)
    return n * 2
def late(name, fn, timeout):
    try: step(name, fn, timeout=timeout)
    except TimeoutError: return name
def forever():
    while True: pass
found = await asyncio.gather(*(step("double", double, n, key=n) for n in range(3)))
found += [await step.aio("lambda", lambda: double(4)), await step("partial", functools.partial(double, 5))]
try: await step("late", double, 1, timeout=0.001)
except TimeoutError: found.append("late")
found += [late("sleeps", lambda: slow(600), 0.05), late("computes", forever, 0.05), late("outer", lambda: late("inner", lambda: slow(600), 600), 0.05)]
kept = []
threads = [threading.Thread(target=lambda n=n: kept.append(step("thread", slow, 0, key=n))) for n in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
for wrong in ({"timeout": -1}, {"retries": 1.5}, {"backoff": "1"}, {"key": {1}}):
    try: step("wrong", slow, 0, **wrong)
    except TypeError: kept.append("wrong")
try: step("awaits", lambda: double(1))
except TypeError as error: kept.append("step.aio" in str(error))
def again(): return step("again", again, key=0)
try: again()
except TypeError as error: kept.append("running already" in str(error))
print(found, kept)
`;

const pythons = await interpreters();

describe('steps in each version of a language', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await TestWorkspace.make();
  });
  after(() => workspace.remove());

  for (const { path: python, version } of pythons) {
    it(`of Python: ${version}`, async () => {
      await writeFile(path.join(workspace.path, `${version}.py`), PECULIAR);
      const { stdout, stderr } = await holdfast(workspace, ['run', `${version}.py`, '--python', python]);
      assert.equal(
        stdout,
        "[0, 2, 4, 8, 10, 'late', 'sleeps', 'computes', 'outer'] [0, 0, 0, 'wrong', 'wrong', 'wrong', 'wrong', True, True]\n",
        stderr,
      );
    });
  }

  it('of JavaScript: one in a step that is tried again needs no key where a promise’s owner is known', async () => {
    await writeFile(
      path.join(workspace.path, 'nested.js'),
      `let tries = 0
      const outer = async () => { await step('inner', () => 1); if (++tries < 3) throw new Error('no'); return tries }
      console.log(await step('outer', outer, { retries: 2, backoff: 1 }))
      const both = await Promise.allSettled([0, 1].map((n) => step('at once', async () => n)))
      console.log(both.map(({ status }) => status).join())`,
    );
    const node = path.join(import.meta.dirname, '../../node_modules/node/bin/node');
    const { stdout, stderr } = await holdfast(workspace, ['run', 'nested.js', '--node', node]);
    assert.equal(stdout, '3\nfulfilled,rejected\n', stderr);
  });
});
