import assert from 'node:assert/strict';
import type { Edit } from '../../../backend/protocol/inspection.ts';
import { inspect } from './inspecting.ts';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`edits of the namespace on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
    });
    after(() => session.stop());

    /** What became of the edit, and what the namespace's change before it told. */
    async function edit(
      what: Edit,
    ): Promise<{ outcome: string; message: string; changed: string[]; deleted: string[] }> {
      const { worker } = session;
      const from = worker.messages.length;
      const id = worker.send({ type: 'edit_namespace', edit: what });
      const { outcome } = await worker.next('namespace_edited', ({ replyTo }) => replyTo === id);
      const change = worker.messages.slice(from).find((message) => message.type === 'namespace_changed');
      assert.equal(change?.executionId ?? null, null);
      return {
        outcome: outcome.status,
        message: outcome.status === 'failed' ? outcome.message : '',
        changed: (change?.changed ?? []).map(({ name }) => name),
        deleted: change?.deleted ?? [],
      };
    }
    const done = { outcome: 'done', message: '', changed: [] as string[], deleted: [] as string[] };

    it('sets a variable to a literal, also before the first cell', async () => {
      assert.deepEqual(await edit({ kind: 'set', name: 'x', text: ' {"a": [1, -2.5, (None, True)], b"k": {1}} ' }), {
        ...done,
        changed: ['x'],
      });
      assert.equal(await session.text('x'), "{'a': [1, -2.5, (None, True)], b'k': {1}}");
      await edit({ kind: 'set', name: 'x', text: '1' });
      assert.equal((await inspect(session, 'x')).value?.preview, '1');
    });

    it('deletes and renames', async () => {
      await session.text('old = object(); gone = 1');
      assert.deepEqual(await edit({ kind: 'rename', name: 'old', to: 'fresh' }), {
        ...done,
        changed: ['fresh'],
        deleted: ['old'],
      });
      assert.deepEqual(await edit({ kind: 'delete', name: 'gone' }), { ...done, deleted: ['gone'] });
      assert.equal(await session.text('"old" in globals() or "gone" in globals() or type(fresh).__name__'), "'object'");
    });

    it('refuses what is no literal and runs none of it', async () => {
      for (const text of ['print("run")', 'x', '1 +', '', '__import__("os")', '('.repeat(5000)]) {
        const { outcome, message, changed } = await edit({ kind: 'set', name: 'y', text });
        assert.deepEqual([outcome, changed], ['failed', []], text);
        assert.match(message, /is not a literal\. Enter a number/);
      }
      assert.equal(await session.text('"y" in globals()'), 'False');
      assert.equal(session.worker.stdout.text(null), '');
    });

    it("refuses names that are none, the engine's, missing and taken", async () => {
      await session.text('a = 1; b = 2');
      const refusals: [Edit, RegExp][] = [
        [{ kind: 'rename', name: 'a', to: '1a' }, /“1a” cannot be the name of a variable/],
        [{ kind: 'rename', name: 'a', to: 'class' }, /“class” cannot be the name/],
        [{ kind: 'rename', name: 'a', to: 'b' }, /a variable “b” already/],
        [{ kind: 'rename', name: 'a', to: '_' }, /“_” belongs to the session/],
        [{ kind: 'rename', name: 'nope', to: 'c' }, /There is no variable “nope”/],
        [{ kind: 'set', name: 'Out', text: '1' }, /“Out” belongs to the session/],
        [{ kind: 'set', name: '__builtins__', text: '1' }, /“__builtins__” belongs/],
        [{ kind: 'delete', name: 'nope' }, /There is no variable “nope”/],
        [{ kind: 'delete', name: 'a.b' }, /“a\.b” cannot be the name/],
      ];
      for (const [what, expected] of refusals) {
        const { outcome, message } = await edit(what);
        assert.equal(outcome, 'failed', JSON.stringify(what));
        assert.match(message, expected);
      }
      assert.equal(await session.text('a, b'), '(1, 2)');
    });

    it('is busy at once while a cell runs, and says since when', async () => {
      const busy = session.execute('import time\ntime.sleep(60)');
      const { timestamp } = await busy.started;
      const id = session.worker.send({ type: 'edit_namespace', edit: { kind: 'delete', name: 'a' } });
      const { outcome } = await session.worker.next('namespace_edited', ({ replyTo }) => replyTo === id);
      assert.ok(outcome.status === 'busy' && Math.abs(outcome.since - timestamp) < 5000);
      session.cancel(busy.id);
      await busy.finished;
      assert.equal((await edit({ kind: 'delete', name: 'a' })).outcome, 'done');
    });

    it('prints and survives what a __del__ prints', async () => {
      await session.text('class Loud:\n  def __del__(self): print("bye")\nloud = Loud()');
      assert.equal((await edit({ kind: 'delete', name: 'loud' })).outcome, 'done');
      await session.run('pass');
      assert.equal(session.worker.stdout.text(null), 'bye\n');
    });

    it('interrupts a __del__ that loops, sleeps, asks or swallows every interrupt, and the next cell runs', async () => {
      const bodies = [
        'while True: pass',
        '__import__("time").sleep(60)',
        'input("really?")',
        'while True:\n      try:\n        while True: pass\n      except BaseException: pass',
      ];
      const survive = async (body: string) => {
        const own = await Session.start(interpreter);
        try {
          await own.text(`class Endless:\n  def __del__(self):\n    ${body}\nendless = Endless()`);
          const id = own.worker.send({ type: 'edit_namespace', edit: { kind: 'delete', name: 'endless' } });
          const edited = own.worker.next('namespace_edited', ({ replyTo }) => replyTo === id);
          assert.equal(await own.text('6 * 7'), '42', body);
          assert.notEqual((await edited).outcome.status, 'busy', body);
          assert.equal(await own.text('"endless" in globals()'), 'False', body);
        } finally {
          await own.stop();
        }
      };
      await Promise.all(bodies.map(survive));
    });
  });
}
