import assert from 'node:assert/strict';
import type { Outcome, SessionInfo } from '../../../../backend/protocol/client/index.ts';
import { CatchUp } from '../../../../extension/client/catch-up.ts';
import { Executions } from '../../../../extension/client/executions.ts';
import { eventually } from '../../../helpers/eventually.ts';

const source = { name: '<a>', path: null, line: 1, column: 0 };
const succeeded: Outcome = { status: 'succeeded', mode: 'simple_sync', seconds: 1, text: null, parts: null };

/** A window that knows of one execution that runs, and a session that answers that it runs nothing any more after event 10. */
function behind(session: Partial<SessionInfo> = {}) {
  const executions = new Executions();
  executions.begin({ id: 'e', dialect: 'python', source, title: '', code: '' });
  executions.assign('e', 's');
  const asked: string[] = [];
  let sequence = 5;
  const catchUp: CatchUp = new CatchUp({
    executions,
    look: async (sessionId) => {
      asked.push(sessionId);
      // Only these fields are looked at.
      return { session: { running: null, queued: 0, ...session } as SessionInfo, cursor: 10 };
    },
    sequenceOf: () => sequence,
    refresh: (sessionId, what) => asked.push(`${sessionId}: ${what}`),
    logged: (_, work) => work(),
  });
  const come = (event: number) => {
    sequence = event;
    catchUp.reached('s', event);
  };
  const status = () => executions.get('e')?.phase.status;
  return { executions, catchUp, asked, come, status };
}

describe('a window that is slow', () => {
  it('asks once for many events that were left out', async () => {
    const { catchUp, asked } = behind();
    for (let count = 0; count < 100; count++) catchUp.request('s');
    await eventually(() => assert.deepEqual(asked, ['s', 's: all']));
    catchUp.dispose();
  });

  it('asks for the variables once while an execution goes on', async () => {
    const { catchUp, asked } = behind({ running: 'e' });
    catchUp.request('s');
    await eventually(() => assert.equal(asked.length, 2));
    catchUp.request('s');
    await eventually(() => assert.deepEqual(asked, ['s', 's: all', 's', 's: questions']));
    catchUp.dispose();
  });

  it('calls nothing lost whose end still comes', async () => {
    const { executions, catchUp, asked, come, status } = behind();
    catchUp.request('s');
    await eventually(() => assert.equal(asked.length, 2));
    come(9);
    assert.equal(status(), 'queued');
    executions.end('e', succeeded);
    come(10);
    assert.equal(status(), 'succeeded');
    catchUp.dispose();
  });

  it('calls what has ended lost when all events have come and none told how', async () => {
    const { catchUp, asked, come, status } = behind();
    catchUp.request('s');
    await eventually(() => assert.equal(asked.length, 2));
    come(10);
    assert.equal(status(), 'lost');
    catchUp.dispose();
  });

  for (const [what, session] of [
    ['runs', { running: 'e' }],
    ['waits', { queued: 1 }],
  ] as const) {
    it(`leaves alone what still ${what}`, async () => {
      const { catchUp, asked, come, status } = behind(session);
      catchUp.request('s');
      await eventually(() => assert.equal(asked.length, 2));
      come(10);
      assert.equal(status(), 'queued');
      catchUp.dispose();
    });
  }
});
