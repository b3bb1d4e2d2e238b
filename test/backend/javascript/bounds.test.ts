import assert from 'node:assert/strict';
import { MAX_PAYLOAD_BYTES } from '../../../backend/protocol/frame.ts';
import { Session } from './session.ts';

describe('JavaScript worker: bounds', () => {
  let session: Session;
  beforeEach(async () => {
    session = await Session.start();
  });
  afterEach(() => session.stop());

  it('shows a value whose forms together do not fit into a frame, without those that are too many', async () => {
    const { text, parts } = await session.js(
      `const forms = {}; for (let n = 0; n < 6; n++) forms['text/x-' + n] = 'é'.repeat(7 * 1024 * 1024);
       ({ [Symbol.for('Jupyter.display')]: () => ({ ...forms, ['x'.repeat(500)]: 'a name that is too long', '': 'none' }) })`,
    );
    assert.ok(text);
    assert.ok(parts.length >= 3 && parts.every(({ mime }) => mime.length > 0 && mime.length <= 200));
    assert.ok(parts.reduce((sum, { bytes }) => sum + bytes.length, 0) <= MAX_PAYLOAD_BYTES);
    assert.equal(await session.text('40 + 2'), '42');
  });

  it('tells of variables with endless names what fits, and that there are more', async () => {
    const { namespace } = await session.js(`for (let n = 0; n < 1200; n++) globalThis['漢'.repeat(990) + n] = n`);
    assert.equal(namespace.at(-1)?.truncated, true);
    assert.equal(namespace.at(-1)?.total, 1200);
    assert.equal(await session.text('40 + 2'), '42');
  });

  it('tells of all variables how many there are, also when it cannot name all that went', async () => {
    await session.js(`for (let n = 0; n < 1200; n++) globalThis['v' + n] = n`);
    await session.js('1');
    const { namespace } = await session.js(`for (let n = 0; n < 1200; n++) delete globalThis['v' + n]`);
    const [told] = namespace.slice(-1);
    assert.deepEqual([told?.total, told?.deleted.length, told?.truncated], [0, 1000, true]);
  });

  it('asks a question that is very long, cut', async () => {
    const execution = session.worker.execute({ code: 'await input("x".repeat(50_000))', dialect: 'javascript' });
    const request = await session.worker.next('capability_request');
    assert.ok(String(request.parameters['prompt']).length <= 10_000);
    session.worker.send({ type: 'cancel', executionId: execution.id });
    await execution.finished;
  });

  it('lets go of the values of old cells, also when the newer ones have none', async () => {
    await session.js('({ old: true })');
    assert.equal(await session.text('typeof Out[1]'), "'object'");
    for (let n = 0; n < 1000; n++) await session.js('');
    assert.equal(await session.text('typeof Out[1]'), "'undefined'");
  });
});
