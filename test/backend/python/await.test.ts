import assert from 'node:assert/strict';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`the loop on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
    });
    after(() => session.stop());

    it('awaits at the top level, in statements and in the value', async () => {
      const finished = await session.run(
        'import asyncio\nawait asyncio.sleep(0)\nasync def two(): return 2\nawait two() + 1',
      );
      assert.deepEqual([finished.text, finished.mode], ['3', 'top_level_await']);
      assert.equal(await session.text('[x async for x in agen()] if False else [await two()]'), '[2]');
      assert.equal(
        await session.text('async def agen():\n  yield 1\nout = []\nasync for v in agen(): out.append(v)\nout'),
        '[1]',
      );
    });

    it('create_task works in a synchronous cell, and the task goes on between cells', async () => {
      const printed = new Promise<void>((resolve) => {
        const look = () => (session.worker.stdout.text(null).includes('ticked') ? resolve() : undefined);
        session.worker.process.stdout?.on('data', look);
      });
      await session.run(
        'async def tick():\n  await asyncio.sleep(0.02)\n  print("ticked")\n  return "done"\ntask = asyncio.create_task(tick())',
      );
      await printed;
      assert.equal(await session.text('task.result()'), "'done'");
    });

    it('it is one loop in every cell', async () => {
      await session.run('first = asyncio.get_running_loop()');
      assert.equal(await session.text('first is asyncio.get_running_loop() is asyncio.get_event_loop()'), 'True');
      assert.equal(await session.text('async def l(): return asyncio.get_running_loop()\nfirst is await l()'), 'True');
    });

    it('asyncio.run and run_until_complete work inside cells', async () => {
      assert.equal(await session.text('async def two(): return 2\nasyncio.run(two())'), '2');
      assert.equal(await session.text('asyncio.get_event_loop().run_until_complete(two())'), '2');
      assert.equal(await session.text('own = asyncio.new_event_loop()\nown.run_until_complete(two())'), '2');
      assert.equal(await session.text('own.close(); first is asyncio.get_running_loop()'), 'True');
      assert.equal((await session.run('first.close()')).error?.name, 'RuntimeError');
      assert.equal(await session.text('await two()'), '2');
    });

    it('context variables live as long as the session', async () => {
      await session.run('import contextvars\nvar = contextvars.ContextVar("var", default=0)\nvar.set(1)');
      assert.equal(await session.text('await asyncio.sleep(0)\nseen = var.get()\nvar.set(2)\nseen'), '1');
      assert.equal(await session.text('var.get()'), '2');
      await session.run('async def fails():\n  var.set(3)\n  raise ValueError\nawait fails()');
      assert.equal(await session.text('var.get()'), '3');
    });

    it('locks, events and queues live on from cell to cell', async () => {
      await session.run(
        'lock = asyncio.Lock()\nqueue = asyncio.Queue()\nevent = asyncio.Event()\nawait lock.acquire()',
      );
      await session.run(
        'async def waits():\n  await event.wait()\n  async with lock: await queue.put("through")\nwaiting = asyncio.create_task(waits())',
      );
      assert.equal(await session.text('event.set()\nawait asyncio.sleep(0)\nqueue.empty()'), 'True');
      assert.equal(await session.text('lock.release()\nawait asyncio.wait_for(queue.get(), 5)'), "'through'");
    });

    it('has async with, for, comprehensions and await inside expressions at the top level', async () => {
      assert.equal(
        await session.text(
          'class Manager:\n  async def __aenter__(self): return 1\n  async def __aexit__(self, *e): return True\nasync def three():\n  for i in range(3): yield i\nasync def same(x): return x\n' +
            'async with Manager() as one: raise ValueError\none, [x async for x in three()], {await same(x) for x in (1, 2)}, {x: 0 async for x in three() if x}, f"{await same(5)}"',
        ),
        "(1, [0, 1, 2], {1, 2}, {1: 0, 2: 0}, '5')",
      );
    });

    it('background tasks tick while a cell awaits and while the session is idle', async () => {
      await session.run(
        'ticks = 0\nasync def count():\n  global ticks\n  while True:\n    ticks += 1\n    if ticks == 50: print("fifty", flush=True)\n    await asyncio.sleep(0.001)\ncounting = asyncio.create_task(count())',
      );
      while (!session.worker.stdout.text(null).includes('fifty')) {
        await new Promise((resolve) => session.worker.process.stdout?.once('data', resolve));
      }
      await session.text('before = ticks\nwhile ticks < before + 10: await asyncio.sleep(0.01)\ncounting.cancel()');
    });

    it('a stopped loop and a task that exits do not end the session', async () => {
      assert.equal(await session.text('first.stop()\nawait asyncio.sleep(0.01)\n1'), '1');
      await session.run('import sys\nasync def leave(): sys.exit(3)\nleaving = asyncio.create_task(leave())');
      assert.equal(await session.text('await asyncio.sleep(0.01)\nleaving.done()'), 'True');
    });

    for (const [code, mode] of [
      ['1 + 1', 'simple_sync'],
      ['await two()', 'top_level_await'],
      ['async def f(): await two()', 'async_def'],
      ['def f(): return (yield)', 'simple_sync'],
      ['import time as t\nt.sleep(0)', 'blocking_sync'],
      ['t.sleep(0)', 'blocking_sync'],
      ['from subprocess import run as go', 'simple_sync'],
      ['go(["true"]);', 'blocking_sync'],
      ['eval("1")', 'unknown'],
    ] as const) {
      it(`${JSON.stringify(code)} is ${mode}`, async () => assert.equal((await session.run(code)).mode, mode));
    }
  });
}
