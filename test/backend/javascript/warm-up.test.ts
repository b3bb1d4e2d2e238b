import assert from 'node:assert/strict';
import { Session } from './session.ts';

/** Everything of the process that a program can see and a cell before it could have changed. */
const VISIBLE = `({
  names: Reflect.ownKeys(globalThis).map(String), values: [_, __, ___, _exception, Object.keys(In).length, Object.keys(Out)],
  listeners: process.eventNames().map(String), resources: process.getActiveResourcesInfo(), require: __filename,
  console: Object.keys(console), stack: new Error('seen').stack,
})`;

describe('JavaScript worker: warm-up', () => {
  let waiting: Session;
  let fresh: Session;

  // The first has had nothing to do for a while when its cell comes, as a worker of the pool; the second gets it at once.
  before(async () => {
    waiting = await Session.start();
    await waiting.worker.next('heartbeat');
    fresh = await Session.start();
  });
  after(async () => {
    await waiting.stop();
    await fresh.stop();
  });

  it('leaves nothing that a program can see', async () => {
    const [warm, cold] = [await waiting.js(VISIBLE), await fresh.js(VISIBLE)];
    assert.ok(warm.text?.includes('resources'), warm.error?.traceback);
    assert.equal(warm.text, cold.text);
  });

  it('sends nothing that belongs to no cell', () => {
    for (const stream of ['stdout', 'stderr'] as const) assert.equal(waiting.worker.output(null, stream), '');
    const kinds = waiting.worker.messages.map(({ type }) => type);
    assert.deepEqual(kinds, ['ready', 'started', 'namespace_changed', 'result']);
    assert.deepEqual(waiting.worker.messages[2], {
      ...waiting.worker.messages[2],
      changed: [],
      deleted: [],
      total: 0,
    });
  });

  it('leaves errors, output and values of later cells as they are', async () => {
    const code = 'let one = 1; console.log("out", { one }); setTimeout(() => {}, 0); throw new RangeError("oops")';
    const [warm, cold] = [await waiting.js(code), await fresh.js(code)];
    assert.equal(warm.stdout, 'out { one: 1 }\n');
    assert.deepEqual(warm.error, cold.error);
  });
});
