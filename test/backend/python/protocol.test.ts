import assert from 'node:assert/strict';
import { encodeFrame } from '../../../backend/protocol/frame.ts';
import type { Outgoing } from '../../helpers/worker-process.ts';
import { interpreters, Session } from './session.ts';

for (const interpreter of await interpreters()) {
  describe(`the protocol of a worker on Python ${interpreter.version}`, () => {
    let session: Session;
    beforeEach(async () => {
      session = await Session.start(interpreter);
    });
    afterEach(() => session.worker.kill());

    it('drops an execution id that it has seen, also while that runs', async () => {
      const twice = (then: string) =>
        session.execute(`n = globals().get("n", 0) + 1\n${then}`, {}, { executionId: 'twice' });
      const asked = session.worker.next('capability_request');
      const first = twice('input("Go on?")');
      const { requestId } = await asked;
      twice('');
      session.worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value: '' } });
      await first.finished;
      twice('');
      assert.equal(await session.text('n'), '1');
    });

    it('runs executions in the order they come', async () => {
      const all = Array.from({ length: 50 }, (_, index) =>
        session.execute(`order = globals().get("order", []) + [${index}]`),
      );
      await Promise.all(all.map(({ finished }) => finished));
      assert.equal(await session.text('order == list(range(50))'), 'True');
    });

    it('answers 2,000 cells in a row', async () => {
      for (let index = 0; index < 2000; index++) assert.equal((await session.run('1')).text, '1');
    });

    it('tells who it is', () => {
      const [ready] = session.worker.messages;
      assert(ready?.type === 'ready');
      assert.deepEqual([ready.version, ready.pid], [interpreter.version, session.worker.pid]);
    });

    for (const [name, bytes, reason] of [
      ['a header that is no JSON', [Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7b])], /not JSON/],
      ['a header that is too long', [Buffer.from([0, 0, 0, 255, 0, 0, 0, 0])], /over the limit/],
      ['an unknown message', encodeFrame({ type: 'teleport', id: 2, timestamp: 1 }), /wrong "type": 'teleport'/],
      [
        'a second hello',
        encodeFrame({ type: 'hello', id: 2, timestamp: 1, protocol: 1, marker: '0'.repeat(32) }),
        /second hello/,
      ],
    ] as const) {
      it(`exits with a clear message after ${name}`, async () => {
        for (const part of bytes) session.worker.sendRaw(part);
        assert.deepEqual(await session.worker.exited, { code: 76, signal: null });
        assert.match(session.worker.stderrTail, /^holdfast worker: The backend broke the protocol: /m);
        assert.match(session.worker.stderrTail, reason);
      });
    }

    it('user code does not find its descriptors or its modules', async () => {
      // 3 to 5 are the loop's own by now.
      assert.equal(await session.text('import os\nf = os.open(os.devnull, 0)\n3 <= f <= 6'), 'True');
      assert.equal((await session.run('import wire')).error?.name, 'ModuleNotFoundError');
      assert.equal((await session.run('import holdfast_worker.nothing')).error?.name, 'ModuleNotFoundError');
      const message: Outgoing = { type: 'inspect', start: 0, count: 1 };
      const inspected = session.worker.next('inspected');
      session.worker.send(message);
      assert.equal((await inspected).total, 2);
    });
  });
}
