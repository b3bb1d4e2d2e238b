/**
 * Creates and settles promises until it is killed, several at a time, and says each operation once it was acknowledged: `c ID` or
 * `s ID`, a line each. `node writer-process.ts FOLDER PREFIX`
 */
import { writeSync } from 'node:fs';
import { Durable } from '../../../backend/durable/durable.ts';

const [, , folder = '', prefix = ''] = process.argv;
const durable = await Durable.open({
  network: {
    kind: 'embedded',
    folder,
    retention: { maxAgeMs: 3_600_000, maxCount: 1_000_000 },
    snapshotBytes: 48 * 1024,
  },
});
durable.register('steps', async (context, n: number) => (await context.step(() => n)) + (await context.step(() => 1)));
durable.start();
writeSync(1, 'ready\n');

async function write(lane: number): Promise<never> {
  for (let n = 0; ; n++) {
    const id = `${prefix}-${lane}-${n}`;
    await durable.create(id, { timeoutMs: 3_600_000, data: id });
    writeSync(1, `c ${id}\n`);
    if (n % 3 !== 0) {
      await durable.settle(id, 'resolve', id);
      writeSync(1, `s ${id}\n`);
    }
    if (n % 10 === 0) await durable.execute(`run-${id}`, 'steps', [n], { timeoutMs: 3_600_000 });
  }
}
await Promise.all([write(0), write(1), write(2)]);
