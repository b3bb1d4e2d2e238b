import assert from 'node:assert/strict';
import type { MessagePort } from 'node:worker_threads';
import type { Connection, Outgoing } from '../../../backend/workers/javascript/control/connection.ts';
import { Errands } from '../../../backend/workers/javascript/control/errands.ts';
import type { Inspector } from '../../../backend/workers/javascript/control/inspector.ts';
import { MEMORY_BYTES, openMemory, Word } from '../../../backend/workers/javascript/shared/memory.ts';

/** The control thread's side of an edit that a cell comes for: what the main thread says by the shared words is set by the test. */
describe('an edit that a cell of JavaScript does not wait for', () => {
  const done = { kind: 'errand_done', position: 0, number: 1, result: edited() } as const;
  let words: Int32Array;
  /** What the backend hears, with the errand that was withdrawn by then. */
  let heard: { status: string; withdrawn: number }[];
  let terminated: (() => void)[];
  let errands: Errands;

  beforeEach(() => {
    const memory = new SharedArrayBuffer(MEMORY_BYTES);
    words = openMemory(memory).words;
    heard = [];
    terminated = [];
    errands = new Errands({
      connection: {
        send(message: Outgoing) {
          if (message.type !== 'namespace_edited') return;
          heard.push({ status: message.outcome.status, withdrawn: words[Word.withdrawn] ?? 0 });
        },
      } as Connection,
      main: { postMessage() {} } as unknown as MessagePort,
      inspector: {
        whenQuiet: (action: () => void) => action(),
        terminate: (answered: () => void) => terminated.push(answered),
      } as unknown as Inspector,
      memory,
      namespace: () => {},
      busySince: () => null,
    });
    const edit = { kind: 'set', name: 'x', text: '1' } as const;
    errands.edit({ type: 'edit_namespace', id: 7, timestamp: 0, edit });
  });

  it('cannot begin any more when the backend hears that it was not done', async () => {
    await new Promise<void>((free) => errands.whenOver(free));
    assert.deepEqual([heard, terminated], [[{ status: 'busy', withdrawn: 1 }], []]);
  });

  it('is ended when it has begun, and the cell waits for that', async () => {
    words[Word.errand] = 1;
    let free = false;
    const begun = new Promise<void>((resolve) =>
      errands.whenOver(() => {
        free = true;
        resolve();
      }),
    );
    while (terminated.length === 0) await new Promise(setImmediate);
    assert.deepEqual([heard, free], [[{ status: 'busy', withdrawn: 1 }], false]);
    terminated[0]?.();
    await begun;
  });

  it('is said to be done when it is, though that comes late', async () => {
    words[Word.errand] = -1;
    const free = new Promise<void>((resolve) => errands.whenOver(resolve));
    while (words[Word.withdrawn] !== 1) await new Promise(setImmediate);
    assert.deepEqual(heard, []);
    errands.done(done);
    await free;
    assert.deepEqual([heard, terminated], [[{ status: 'done', withdrawn: 1 }], []]);
  });
});

function edited() {
  const namespace = { changed: [], deleted: [], total: 1, truncated: false };
  return { kind: 'edited', outcome: { status: 'done' }, namespace } as const;
}
