import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Source } from '../../../../backend/protocol/values.ts';
import { Executions } from '../../../../extension/client/executions.ts';
import { LongWork } from '../../../../extension/views/long-work.ts';

const source: Source = { name: '<a>', path: null, line: 1, column: 0 };
const NOTHING = new Uint8Array();

function make(after: number) {
  const executions = new Executions();
  const log: string[] = [];
  const events = new EventEmitter();
  const work = new LongWork(executions, {
    after,
    show: ({ id }) => {
      log.push(`show ${id}`);
      events.emit('shown');
      return () => log.push(`hide ${id}`);
    },
  });
  const start = (id: string, since = Date.now()) => {
    executions.begin({ id, dialect: 'python', source, title: '', code: '1' });
    executions.apply('s', since, { kind: 'started', executionId: id, mode: 'simple_sync' }, NOTHING);
  };
  const end = (id: string) =>
    executions.end(id, { status: 'succeeded', mode: 'simple_sync', seconds: 1, text: null, parts: null });
  return { executions, work, log, start, end, shown: () => once(events, 'shown') };
}

describe('work that runs for long', () => {
  it('is shown after a while, until it ends', async () => {
    const { start, end, log, shown } = make(20);
    start('a');
    assert.deepEqual(log, []);
    await shown();
    end('a');
    assert.deepEqual(log, ['show a', 'hide a']);
  });

  it('is not shown when it ends before that', async () => {
    const { start, end, log, shown } = make(20);
    start('short');
    end('short');
    start('long');
    await shown();
    assert.deepEqual(log, ['show long']);
  });

  it('is shown at once when it has been running already, as after a reload of the window', async () => {
    const { start, shown, log } = make(60_000);
    start('a', Date.now() - 120_000);
    await shown();
    assert.deepEqual(log, ['show a']);
  });

  it('is hidden while it waits for a person', async () => {
    const { executions, start, log, shown } = make(0);
    start('a');
    await shown();
    executions.setWaiting('a', true);
    assert.deepEqual(log, ['show a', 'hide a']);
    executions.setWaiting('a', false);
    await shown();
    assert.deepEqual(log, ['show a', 'hide a', 'show a']);
  });

  it('is hidden when its session is lost, when it is taken back, and when the window goes', async () => {
    const { executions, work, start, log, shown } = make(0);
    for (const id of ['a', 'b', 'c']) {
      start(id);
      await shown();
    }
    executions.discard('a');
    executions.assign('b', 'one');
    executions.lose('gone', 'one');
    work.dispose();
    start('d');
    await setImmediate();
    assert.deepEqual(log.slice(3), ['hide a', 'hide b', 'hide c']);
  });
});
