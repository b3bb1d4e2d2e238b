import assert from 'node:assert/strict';
import { encodeFrame } from '../../../backend/protocol/frame.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { Bystander } from '../../helpers/bystander.ts';
import { linux } from '../../helpers/where.ts';

/** A heartbeat whose numbers are words. */
const MISSHAPEN = { type: 'heartbeat', id: 1, timestamp: 1, memory: 'much', cpuPercent: 'all' };
const whole = (header: object) => Buffer.concat(encodeFrame(header));

const WRITTEN: readonly (readonly [what: string, bytes: Buffer, reason: RegExp])[] = [
  ['text', Buffer.from('hello there, this is no frame at all\n'), /over the limit/],
  ['a header that is too long', Buffer.from([0, 0, 0, 255, 0, 0, 0, 0]), /over the limit/],
  ['a payload that is too long', Buffer.from([2, 0, 0, 0, 0, 0, 0, 255]), /over the limit/],
  ['a header that is no JSON', Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7b]), /not JSON/],
  ['a header that is no UTF-8', Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe]), /not JSON/],
  ['a header that is no object', Buffer.from([4, 0, 0, 0, 0, 0, 0, 0, 0x6e, 0x75, 0x6c, 0x6c]), /wrong shape/],
  ['an unknown message', whole({ type: 'teleport', id: 1, timestamp: 1 }), /wrong shape/],
  ['a message of the wrong shape', whole(MISSHAPEN), /wrong shape/],
  // The worker's own next frames fill it up.
  ['a truncated frame', whole(MISSHAPEN).subarray(0, 12), /JSON|wrong shape|over the limit/],
];

/** Finds the connection as no program would by accident, writes to it and goes on as if nothing had happened. */
const WRITE: Readonly<Record<LanguageId, (bytes: Buffer) => string>> = {
  python: (bytes) => `
import os, stat, time
for fd in map(int, os.listdir('/proc/self/fd')):
    try:
        if fd > 2 and stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, bytes.fromhex("${bytes.toString('hex')}"))
    except OSError: pass
for n in range(100): display(n)
time.sleep(60)`,
  javascript: (bytes) => `
const fs = require("fs");
fs.writeSync(4, Buffer.from("${bytes.toString('hex')}", "hex"));
for (let n = 0; n < 100; n++) display(n);
for (;;) await new Promise((resolve) => setTimeout(resolve, 1000))`,
};

for (const { id, label } of languages) {
  describe(`a worker that breaks the protocol: ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let bystander: Bystander;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      bystander = await Bystander.open(client);
    });
    after(() => workspace.remove());

    linux('a frame that never becomes whole swallows what comes behind it: a cancel ends that', async () => {
      const session = await TestSession.open(client, id);
      // A header of 2 bytes and a payload of 48 MiB.
      const { executionId, ended } = await session.start(WRITE[id](Buffer.from([2, 0, 0, 0, 0, 0, 0, 3, 0x7b, 0x7d])));
      await session.until(() => session.events.some(({ event }) => event.kind === 'started') || undefined);
      await session.cancel(executionId);
      const outcome = await ended;
      assert.ok(outcome.status === 'cancelled', JSON.stringify(outcome));
      await bystander.assertUnharmed();
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
    });

    for (const [what, bytes, reason] of WRITTEN) {
      linux(`${what}: its execution is lost and says why, the session goes on in a new worker`, async () => {
        const session = await TestSession.open(client, id);
        const { outcome } = await session.run(WRITE[id](bytes));
        assert.ok(outcome.status === 'lost', JSON.stringify(outcome));
        assert.match(outcome.reason, reason);
        await bystander.assertUnharmed();
        assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
      });
    }
  });
}
