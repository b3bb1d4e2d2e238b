import assert from 'node:assert/strict';
import type { Level } from '../../../backend/protocol/security.ts';
import type { Of } from '../../helpers/worker-process.ts';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`functions of the standard set on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
      await session.run('import asyncio');
    });
    after(() => session.stop());

    const next = () => session.worker.next('capability_request');
    const answer = ({ requestId }: Of<'capability_request'>, value: string | null, payload = '') =>
      session.worker.send(
        { type: 'capability_response', requestId, answer: { status: 'answered', value } },
        Buffer.from(payload),
      );

    it('tasks go on while an awaitable one waits', async () => {
      const asks = next();
      const third = session.worker.next('display', ({ payload }) => payload.toString() === '2');
      const execution = session.execute(
        'async def tick():\n  for n in range(3): await asyncio.sleep(0); display(n)\n  return 3\n' +
          'await asyncio.gather(input.aio("?"), tick())',
      );
      const request = await asks;
      await third;
      answer(request, 'x');
      assert.equal((await execution.finished).text, "['x', 3]");
    });

    it('several may wait at once, and be answered in any order', async () => {
      const first = next();
      const execution = session.execute('await asyncio.gather(*(input.aio(str(n)) for n in range(2)))');
      const requests = [await first];
      requests.push(
        session.worker.messages.find(
          (message): message is Of<'capability_request'> =>
            message.type === 'capability_request' && message.requestId > (requests[0]?.requestId ?? 0),
        ) ?? (await next()),
      );
      for (const one of requests.reverse()) answer(one, `${one.parameters['prompt']}!`);
      assert.equal((await execution.finished).text, "['0!', '1!']");
    });

    it('one whose task is cancelled is given up, and the cell goes on', async () => {
      const asks = next();
      const abandoned = session.worker.next('capability_abandoned');
      const execution = session.execute(
        'task = asyncio.ensure_future(input.aio("?"))\nawait asyncio.sleep(0)\nawait asyncio.sleep(0)\ntask.cancel()\n' +
          'try:\n  await task\nexcept asyncio.CancelledError:\n  print("given up")\n',
      );
      assert.equal((await abandoned).requestId, (await asks).requestId);
      assert.equal((await execution.finished).stdout, 'given up\n');
    });

    describe('one of code that goes on beside its cell is that cell’s while it runs, and then the session’s', () => {
      const ways = {
        'a thread': 'threading.Thread(target=waiting).start()',
        'a thread that such a thread starts':
          'threading.Thread(target=lambda: (go.wait(), threading.Thread(target=waiting).start())).start()',
        'a thread without an object': '_thread.start_new_thread(waiting, ())',
        'a pool': 'concurrent.futures.ThreadPoolExecutor(1).submit(waiting)',
        'a timer': 'threading.Timer(0, waiting).start()',
      };
      const begin = 'go, done = threading.Event(), threading.Event()\n';
      before(() =>
        session.run(
          'import _thread, concurrent.futures, threading\ndef waiting():\n  go.wait()\n  input("?")\n  done.set()',
        ),
      );

      for (const [what, start] of Object.entries(ways)) {
        for (const [when, cells] of [
          ['while it runs', [`${begin}${start}\ngo.set(); done.wait()`]],
          ['later', [begin + start, 'go.set(); done.wait()']],
        ] as const) {
          it(`${what}, ${when}`, async () => {
            for (const cell of cells.slice(0, -1)) assert.equal((await session.run(cell)).error, null);
            const asks = next();
            const execution = session.execute(cells.at(-1) ?? '');
            const request = await asks;
            assert.equal(request.executionId, when === 'later' ? null : execution.id);
            answer(request, 'x');
            assert.equal((await execution.finished).error, null);
          });
        }
      }
    });

    it('one of a task of an earlier cell is the session’s, not the running cell’s', async () => {
      await session.run(
        'go = asyncio.Event()\nasync def later():\n  await go.wait()\n  return await input.aio("?")\ntask = asyncio.ensure_future(later())\nawait asyncio.sleep(0)',
      );
      const asks = next();
      const execution = session.execute('go.set()\nawait task');
      const request = await asks;
      assert.equal(request.executionId, null);
      answer(request, 'x');
      assert.equal((await execution.finished).text, "'x'");
    });

    it('what the program has put into its environment itself is not asked for, and its commands have it', async () => {
      assert.equal(
        await session.text('import os\nos.environ["MINE"] = "1"\nenv("MINE"), await env.aio("MINE")'),
        "('1', '1')",
      );
      const asks = next();
      const execution = session.execute('os.environ.pop("HOME")\nshell("x").stdout');
      const request = await asks;
      assert.deepEqual(request.parameters['env'], { MINE: '1', HOME: null });
      session.worker.send({
        type: 'capability_response',
        requestId: request.requestId,
        answer: { status: 'answered', value: { exitCode: 0, signal: null, stdoutBytes: 0, truncated: false } },
      });
      await execution.finished;
      assert.equal(await session.text('env("HOME", "gone")'), "'gone'");
      await session.run('del os.environ["MINE"]');
    });

    it('the person’s own definitions win, and break nothing', async () => {
      assert.equal(await session.text('def shell(x): return x\nshell(1)'), '1');
      await session.run('del shell');
      const { stdout } = await session.run(
        'import builtins\nkept = dict(vars(builtins))\nfor name in ("input", "fetch", "store", "progress", "display", "shell", "env"):\n  setattr(builtins, name, None)\n' +
          'print("redefined")',
      );
      assert.equal(stdout, 'redefined\n');
      await session.run('vars(builtins).update(kept)');
      assert.equal(await session.text('1 + 1'), '2');
    });

    for (const [code, message] of [
      ['write_file("a", 7)', /The content is a text or bytes, not int/],
      ['await write_file.aio("a", None)', /The content is a text or bytes, not NoneType/],
      ['read_file(7)', /expected str, bytes or os.PathLike object, not int/],
      ['fetch("http://a", body=7)', /The body is a text or bytes/],
      ['shell("a", input=7)', /The input is a text or bytes/],
      ['shell("a", env={"a": object()})', /not JSON serializable/],
      ['store["a"] = {1, 2}', /not JSON serializable/],
      ['read_file()', /missing 1 required positional argument/],
      ['write_file("a", bytes(64 * 1024 * 1024 + 1))', /at most 64 MiB at once, and this is 67,108,865 bytes/],
      ['shell("a", env={"a": "x" * 2_000_000})', /too large/],
    ] as const) {
      it(`${code} is a TypeError and asks nothing`, async () => {
        const from = session.worker.messages.length;
        const { error } = await session.run(code);
        assert.equal(error?.name, 'TypeError', error?.traceback);
        assert.match(error.message, message);
        assert.ok(!session.worker.messages.slice(from).some(({ type }) => type === 'capability_request'));
      });
    }

    it('values that JSON has no place for are refused', async () => {
      assert.equal((await session.run('store["a"] = float("nan")')).error?.name, 'ValueError');
    });

    it('tell what they do to help() and completions', async () => {
      assert.equal(
        await session.text(
          'import inspect\nstr(inspect.signature(read_file)), read_file.__doc__[:18], read_file.aio.__name__',
        ),
        `("(path: 'Path', encoding: 'str | None' = 'utf-8') -> 'str | bytes'", 'The text of a file', 'read_file.aio')`,
      );
      assert.equal(
        await session.text('[f.__name__ for f in (input, store.get, notify, shell.aio)]'),
        "['input', 'store.get', 'notify', 'shell.aio']",
      );
      assert.equal(await session.text('store'), '<store of this workspace>');
    });

    it('what the worker does itself raises PermissionError where it is denied', async () => {
      const free = { asks: [], roots: [], readsFree: true, writesFree: true };
      const set = (generation: number, level: Level, injected: string[]) =>
        session.worker.send({ type: 'policy', generation, level, injected, ...free });
      set(1, 'sandbox', ['input']);
      for (const call of ['display(1)', 'progress([1])']) {
        const { error } = await session.run(call);
        assert.equal(error?.name, 'PermissionError', `${call}: ${error?.traceback}`);
        assert.match(error.message, /^(display|progress) is denied by an option of this run\.$/);
      }
      set(2, 'sandbox', ['display', 'progress']);
      assert.equal((await session.run('display(1)\nlist(progress([1]))')).error, null);
      const every = ['input', 'shell', 'store', 'display', 'progress', 'env', 'notify'];
      set(3, 'trusted', every);
    });

    describe('progress', () => {
      const told = async (code: string) => {
        const from = session.worker.messages.length;
        const finished = await session.run(code);
        const bars = session.worker.messages
          .slice(from)
          .filter((message): message is Of<'progress'> => message.type === 'progress');
        return { finished, bars };
      };
      const last = async (code: string) => {
        const { bars, finished } = await told(`import time; time.sleep(0.11)\n${code}`);
        const bar = bars.at(-1);
        assert.ok(bar, finished.error?.traceback ?? 'nothing was told');
        assert.equal(bar.executionId, finished.executionId);
        return { bar: [bar.label, bar.done, bar.total, bar.state], finished };
      };

      for (const [code, expected] of [
        ['for x in progress([1, 2, 3], label="Rows"): pass', ['Rows', 3, 3, 'done']],
        ['for x in progress(iter([1, 2])): pass', ['', 2, null, 'done']],
        ['for x in progress(iter([1, 2]), total=5): pass', ['', 2, 5, 'done']],
        ['for x in progress(range(9)):\n  if x == 4: break', ['', 4, 9, 'stopped']],
        ['with progress(total=10, label=7) as bar:\n  bar.update(4); bar.update(0.5)', ['7', 4.5, 10, 'done']],
        [
          'bar = progress()\nbar.update()\nbar.total = 2\nbar.label = "x"\nbar.close()\nbar.close()',
          ['x', 1, 2, 'done'],
        ],
        ['try:\n  with progress(total=10) as bar: 1 / 0\nexcept ZeroDivisionError: pass', ['', 0, 10, 'stopped']],
        [
          'async def three():\n  for n in range(3): yield n\nasync for x in progress(three(), total=3): pass',
          ['', 3, 3, 'done'],
        ],
        ['async for x in progress([1, 2]): await asyncio.sleep(0)', ['', 2, 2, 'done']],
      ] as const) {
        it(code.replaceAll('\n', '; '), async () => assert.deepEqual((await last(code)).bar, expected));
      }

      it('goes through the items as they are', async () => {
        assert.equal(await session.text('[x for x in progress("abc")]'), "['a', 'b', 'c']");
      });

      it('a million steps are few messages, and so are twenty thousand bars', async () => {
        const long = await told('for x in progress(range(1_000_000)): pass');
        assert.deepEqual([long.bars.at(-1)?.done, long.bars.at(-1)?.state], [1_000_000, 'done']);
        const seconds = long.finished.seconds;
        assert.ok(long.bars.length <= 2 + seconds / 0.1, `${long.bars.length} in ${seconds} s`);
        const many = await told('for n in range(20_000):\n  for x in progress(range(2)): pass');
        assert.ok(many.bars.length <= 2 + many.finished.seconds / 0.1, `${many.bars.length}`);
      });

      it('a loop around it is cancelled at once', async () => {
        const begun = session.worker.next('display');
        const execution = session.execute('display("begun")\nfor x in progress(iter(int, 1)): pass');
        await begun;
        session.cancel(execution.id);
        const { status } = await execution.finished;
        assert.equal(status, 'cancelled');
      });

      for (const [code, message] of [
        ['progress(total=-1)', /The total of a progress is a number from 0 on, not -1/],
        ['progress(total="x")', /The total of a progress/],
        ['progress(total=float("nan"))', /The total of a progress/],
        ['for x in progress(): pass', /nothing to iterate: write `for item in progress\(items\)`/],
        ['for x in progress(7): pass', /not iterable/],
      ] as const) {
        it(`${code} is a TypeError`, async () => {
          const { error } = await session.run(code);
          assert.equal(error?.name, 'TypeError', error?.traceback);
          assert.match(error.message, message);
        });
      }
    });
  });
}
