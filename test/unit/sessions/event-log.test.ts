import assert from 'node:assert/strict';
import {
  EventLog,
  HOLD_BYTES,
  type LoggedEvent,
  MAX_LOG_BYTES,
  type Reader,
} from '../../../backend/sessions/event-log.ts';
import { SHOWN_BYTES } from '../../../backend/sessions/output-positions.ts';
import { eventually } from '../../helpers/eventually.ts';

const output = { kind: 'output', executionId: null, stream: 'stdout' } as const;

/** A reader that takes what it is allowed to. */
class TestReader implements Reader {
  readonly events: LoggedEvent[] = [];
  open = true;
  #release: () => void = () => {};

  deliver(event: LoggedEvent): boolean {
    this.events.push(event);
    return this.open;
  }

  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  async goOn(): Promise<void> {
    this.open = true;
    this.#release();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function makeLog(): { log: EventLog; holds: boolean[] } {
  const holds: boolean[] = [];
  return { log: new EventLog((held) => holds.push(held)), holds };
}

const sequences = (reader: TestReader) => reader.events.map(({ sequence }) => sequence);

describe('the event log', () => {
  it('replays from a cursor and goes on live, each event once', () => {
    const { log } = makeLog();
    for (let n = 0; n < 5; n++) log.append(output);
    const reader = new TestReader();
    log.attach(reader, 2, 'lossy');
    log.append(output);
    assert.deepEqual(sequences(reader), [3, 4, 5, 6]);
  });

  it('takes a cursor beyond the end as the end', () => {
    const { log } = makeLog();
    log.append(output);
    const reader = new TestReader();
    log.attach(reader, Number.MAX_SAFE_INTEGER, 'lossy');
    log.append(output);
    assert.deepEqual(sequences(reader), [2]);
  });

  it('keeps a bounded number of bytes and says how many are gone', () => {
    const { log } = makeLog();
    const chunk = new Uint8Array(1024 * 1024);
    for (let n = 0; n < 40; n++) log.append(output, chunk);
    const reader = new TestReader();
    log.attach(reader, 0, 'lossless');
    const [first, ...rest] = reader.events;
    assert.ok(first?.body.kind === 'dropped');
    const kept = rest.reduce((sum, { payload }) => sum + payload.length, 0);
    assert.ok(kept <= MAX_LOG_BYTES, `${kept} bytes are kept`);
    assert.ok((first.body.bytes ?? 0) + kept >= 40 * chunk.length);
    assert.equal(rest.at(-1)?.sequence, 40);
  });

  it('lets a lossless reader hold the program back, and release it', async () => {
    const { log, holds } = makeLog();
    const reader = new TestReader();
    reader.open = false;
    log.attach(reader, 0, 'lossless');
    const chunk = new Uint8Array(HOLD_BYTES / 4);
    for (let n = 0; n < 6; n++) log.append(output, chunk);
    assert.deepEqual(holds, [true]);
    await reader.goOn();
    assert.deepEqual(holds, [true, false]);
    assert.deepEqual(sequences(reader), [1, 2, 3, 4, 5, 6]);
  });

  it('never holds the program back for a lossy reader', () => {
    const { log, holds } = makeLog();
    const reader = new TestReader();
    reader.open = false;
    log.attach(reader, 0, 'lossy');
    for (let n = 0; n < 10; n++) log.append(output, new Uint8Array(HOLD_BYTES));
    assert.deepEqual(holds, []);
  });

  it('leaves the middle of what an execution prints out for a lossy reader that is behind, and says how much that is', async () => {
    const { log } = makeLog();
    const print = (executionId: string, bytes: number) =>
      log.append({ kind: 'output', executionId, stream: 'stdout' }, new Uint8Array(bytes));
    const reader = new TestReader();
    log.attach(reader, 0, 'lossy');
    reader.open = false;
    const half = SHOWN_BYTES / 2;
    for (let n = 0; n < 10; n++) print('a', half);
    log.append({ kind: 'started', executionId: 'b', mode: 'simple_sync' });
    print('b', half);
    await reader.goOn();
    await eventually(() => assert.equal(reader.events.at(-1)?.sequence, 12));
    assert.deepEqual(sequences(reader), [1, 2, 9, 10, 11, 12]);
    const skipped = reader.events.map(({ body }) => (body.kind === 'output' ? body.skipped : null));
    assert.deepEqual(skipped, [undefined, undefined, 6 * half, undefined, null, undefined]);
  });

  it('gives a lossy reader a flood bit by bit, and the end of it without a pause', async () => {
    let goOn = () => {};
    const log = new EventLog(
      () => {},
      () => new Promise((resolve) => (goOn = resolve)),
    );
    const reader = new TestReader();
    log.attach(reader, 0, 'lossy');
    for (let n = 0; n < 20; n++) log.append({ ...output, executionId: 'a' }, new Uint8Array(32 * 1024));
    assert.deepEqual(sequences(reader), [1, 2]);
    goOn();
    await eventually(() => assert.deepEqual(sequences(reader), [1, 2, 3]));
    log.append({ kind: 'started', executionId: 'b', mode: 'simple_sync' });
    goOn();
    await eventually(() => assert.equal(reader.events.length, 21));
  });

  it('leaves nothing out for a lossless reader that is behind', async () => {
    const { log } = makeLog();
    const reader = new TestReader();
    reader.open = false;
    log.attach(reader, 0, 'lossless');
    for (let n = 0; n < 10; n++) log.append(output, new Uint8Array(SHOWN_BYTES));
    await reader.goOn();
    assert.deepEqual(sequences(reader), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('does not hold while an execution is cancelled, nor for a reader that has gone', () => {
    const { log, holds } = makeLog();
    const reader = new TestReader();
    reader.open = false;
    log.attach(reader, 0, 'lossless');
    log.append(output, new Uint8Array(HOLD_BYTES));
    log.append(output, new Uint8Array(HOLD_BYTES));
    log.draining = true;
    assert.deepEqual(holds, [true, false]);
    log.draining = false;
    log.detach(reader);
    assert.deepEqual(holds, [true, false, true, false]);
  });
});
