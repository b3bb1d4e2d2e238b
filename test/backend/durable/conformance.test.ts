import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Durable } from '../../../backend/durable/durable.ts';
import { ids } from '../../../backend/durable/ids.ts';
import { NETWORKS, type TestNetwork } from '../../helpers/durable/networks.ts';
import { eventually } from '../../helpers/eventually.ts';

const HOUR = 3_600_000;

/** Fresh ids: a real server keeps what earlier runs made. */
function fresh(name: string): string {
  return `${name}-${randomUUID()}`;
}

function codeOf(code: string) {
  return (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    return true;
  };
}

for (const kind of NETWORKS) {
  (kind.skip ? describe.skip : describe)(
    `durable promises on ${kind.name}${kind.skip ? ` (skipped: ${kind.skip})` : ''}`,
    () => {
      let network: TestNetwork;
      let durable: Durable;
      const group = fresh('group');

      before(async () => {
        network = await kind.open();
        durable = await Durable.open({ network: network.setting, group });
        durable.register('add', async (context, one: number, other: number) => context.step(() => one + other));
        durable.register('ask', async (context, timeoutMs: number) => {
          try {
            return { answer: await context.external<string>(timeoutMs).outcome };
          } catch {
            return 'nobody answered';
          }
        });
        durable.register('fail', async () => {
          throw new RangeError('too far');
        });
        durable.register('unencodable', async (context) => {
          runs.set(context.id, (runs.get(context.id) ?? 0) + 1);
          return 10n;
        });
        durable.register('throw bigint', async () => {
          throw 10n;
        });
        durable.start();
      });
      const runs = new Map<string, number>();

      after(async () => {
        await durable.close();
        await network.close();
      });

      it('creates a promise once, with its data and tags', async () => {
        const id = fresh('p');
        const made = await durable.create(id, {
          timeoutMs: HOUR,
          data: { question: 'name?' },
          tags: { kind: 'prompt' },
        });
        assert.equal(made.state, 'pending');
        const again = await durable.create(id, { timeoutMs: HOUR, data: 'other' });
        assert.deepEqual(again.data, { question: 'name?' });
        assert.equal((await durable.get(id))?.tags['kind'], 'prompt');
        assert.equal(await durable.get(fresh('none')), undefined);
      });

      it('is settled by the first, and tells each whether it was', async () => {
        const id = fresh('p');
        await durable.create(id, { timeoutMs: HOUR });
        const all = await Promise.all(['a', 'b', 'c'].map((value) => durable.settle(id, 'resolve', value)));
        assert.equal(all.filter(({ first }) => first).length, 1);
        const [winner] = all.filter(({ first }) => first);
        for (const { promise } of all) assert.deepEqual(promise.value, winner?.promise.value);
        assert.equal((await durable.settle(id, 'reject', 'late')).first, false);
        assert.equal((await durable.get(id))?.state, 'resolved');
        await assert.rejects(durable.settle(fresh('none'), 'resolve'), codeOf('not_found'));
      });

      it('wakes those who wait, however it ends', async () => {
        for (const [how, state] of [
          ['resolve', 'resolved'],
          ['reject', 'rejected'],
          ['cancel', 'cancelled'],
        ] as const) {
          const id = fresh('p');
          await durable.create(id, { timeoutMs: HOUR });
          const waiting = Promise.all([durable.wait(id), durable.wait(id)]);
          await durable.settle(id, how, 42);
          for (const promise of await waiting) assert.deepEqual([promise.state, promise.value], [state, 42]);
        }
        await assert.rejects(durable.wait(fresh('none')), codeOf('not_found'));
      });

      it('lets go of who does not want to wait any more', async () => {
        const id = fresh('p');
        await durable.create(id, { timeoutMs: HOUR });
        const stop = new AbortController();
        const waiting = durable.wait(id, stop.signal);
        stop.abort(new Error('enough'));
        await assert.rejects(waiting, /enough/);
      });

      it('times out a promise that no function waits for', async () => {
        const id = fresh('p');
        await durable.create(id, { timeoutMs: 300 });
        assert.equal((await durable.wait(id)).state, 'timed_out');
      });

      it('finds promises by tag and state, page by page', async () => {
        const mark = fresh('mark');
        const made = Array.from({ length: 12 }, (_, n) => `${mark}-${String(n).padStart(2, '0')}`);
        await Promise.all(made.map((id) => durable.create(id, { timeoutMs: HOUR, tags: { mark } })));
        await durable.settle(made[3] ?? '', 'resolve');
        const found: string[] = [];
        for await (const { id } of durable.search({ state: 'pending', tags: { mark } })) found.push(id);
        assert.deepEqual(
          found,
          made.filter((_, n) => n !== 3),
        );
      });

      it('runs a function once for an id, in steps', async () => {
        const id = fresh('run');
        await durable.execute(id, 'add', [2, 3], { timeoutMs: HOUR });
        await durable.execute(id, 'add', [20, 30], { timeoutMs: HOUR });
        const { state, value } = await durable.wait(id);
        assert.deepEqual([state, value], ['resolved', 5]);
      });

      it('a function awaits a promise that somebody else settles by its id', async () => {
        const id = fresh('run');
        await durable.execute(id, 'ask', [HOUR], { timeoutMs: HOUR });
        await eventually(async () => assert.ok(await durable.get(`${id}:0`)));
        await durable.settle(`${id}:0`, 'resolve', 'Ada');
        assert.deepEqual((await durable.wait(id)).value, { answer: 'Ada' });
      });

      it('a function goes on when the time of what it awaits is over', async () => {
        const id = fresh('run');
        await durable.execute(id, 'ask', [300], { timeoutMs: HOUR });
        assert.equal((await durable.wait(id)).value, 'nobody answered');
      });

      it('a function that throws is not tried again', async () => {
        const id = fresh('run');
        await durable.execute(id, 'fail', [], { timeoutMs: HOUR });
        const { state, value } = await durable.wait(id);
        assert.equal(state, 'rejected');
        assert.match(JSON.stringify(value), /too far/);
      });

      it('refuses values that are not JSON, and a function that returns or throws one ends', async () => {
        const cycle: Record<string, unknown> = {};
        cycle['self'] = cycle;
        for (const data of [10n, { f: () => 1 }, cycle, Number.NaN, 'x'.repeat(2 * 1024 * 1024)]) {
          await assert.rejects(durable.create(fresh('p'), { timeoutMs: HOUR, data }), codeOf('unencodable'));
          await assert.rejects(
            durable.execute(fresh('run'), 'add', [data], { timeoutMs: HOUR }),
            codeOf('unencodable'),
          );
        }
        for (const name of ['unencodable', 'throw bigint']) {
          const id = fresh('run');
          await durable.execute(id, name, [], { timeoutMs: HOUR });
          assert.equal((await durable.wait(id)).state, 'rejected');
          if (name === 'unencodable') assert.equal(runs.get(id), 1);
        }
      });

      it('refuses ids that would be read as something else, and functions that nobody registered', async () => {
        for (const id of ['a:b', 'a.b', '', 'ä', 'a b', 'x'.repeat(200)]) {
          await assert.rejects(durable.execute(id, 'add', [1, 2], { timeoutMs: HOUR }), codeOf('invalid_id'));
        }
        await assert.rejects(durable.execute(fresh('run'), 'nothing', [], { timeoutMs: HOUR }), codeOf('unregistered'));
        assert.throws(() => ids.execution('a.b'), codeOf('invalid_id'));
      });
    },
  );
}
