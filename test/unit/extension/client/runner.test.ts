import assert from 'node:assert/strict';
import type { SessionInfo } from '../../../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../../../backend/protocol/errors.ts';
import type { BackendClient } from '../../../../backend/rpc/client.ts';
import { Executions } from '../../../../extension/client/executions.ts';
import { Runner } from '../../../../extension/client/runner.ts';
import type { Sessions } from '../../../../extension/client/sessions.ts';

const source = { name: '<a>', path: null, line: 1, column: 0 };

/** A window whose connection breaks before the first answer. @param pids of the backends behind the connection then and afterwards */
function windowOf(pids: readonly [number, number]) {
  const asked: number[] = [];
  const clients = pids.map(
    (pid, index) =>
      ({
        hello: { pid },
        call: async () => {
          asked.push(pid);
          if (index === 0) throw new HoldfastError('closed', 'The connection closed.');
          return { position: 0 };
        },
      }) as unknown as BackendClient,
  );
  const session = { sessionId: 's' } as SessionInfo;
  let connections = 0;
  const sessions = {
    ensure: async () => session,
    get: () => session,
    client: async () => clients[Math.min(connections++, 1)],
  } as unknown as Sessions;
  return { asked, runner: new Runner(sessions, new Executions()) };
}

describe('a run whose connection breaks before it is answered', () => {
  it('is asked for again of the same backend, which drops what it has had', async () => {
    const { asked, runner } = windowOf([1, 1]);
    await runner.run({ dialect: 'python', code: '1', source }).accepted;
    assert.deepEqual(asked, [1, 1]);
  });

  it('is not asked for again of another backend, which would run it a second time', async () => {
    const { asked, runner } = windowOf([1, 2]);
    await assert.rejects(runner.run({ dialect: 'python', code: '1', source }).accepted, { code: 'closed' });
    assert.deepEqual(asked, [1]);
  });
});
