import assert from 'node:assert/strict';
import { AgentSessions } from '../../backend/cli/mcp/agent-sessions.ts';
import { AttachSession } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { TestWorkspace } from '../helpers/backend.ts';

/** The first request to attach gets no answer in time. */
function slowOnce(client: BackendClient): BackendClient {
  let failed = false;
  const request: BackendClient['request'] = async (method, ...rest) => {
    if (method.name === AttachSession.name && !failed) {
      failed = true;
      throw new HoldfastError('timeout', 'sessions.attach got no answer.');
    }
    return await client.request(method, ...rest);
  };
  return new Proxy(client, {
    get(target, name) {
      if (name === 'request') return request;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('the sessions of an agent', () => {
  let workspace: TestWorkspace;
  let agent: AgentSessions;

  beforeEach(async () => {
    workspace = await TestWorkspace.make();
    const connect = async () => slowOnce(await workspace.connect());
    agent = new AgentSessions({ workspace: workspace.path, interpreters: {}, connect });
  });
  afterEach(async () => {
    agent.close();
    await workspace.remove();
  });

  it('hear how code ends when attaching has failed before', async () => {
    await assert.rejects(agent.start('javascript', '1', null), { code: 'timeout' });
    const run = await agent.start('javascript', '40 + 2', null);
    await run.until(() => run.hasEnded, 10_000, new AbortController().signal);
    assert.equal(run.outcome?.status, 'succeeded');
  });
});
