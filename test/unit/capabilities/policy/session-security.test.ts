import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SessionSecurity } from '../../../../backend/capabilities/policy/session-security.ts';
import { WorkspaceSecurity } from '../../../../backend/capabilities/policy/workspace-security.ts';
import { DEFAULT_SECURITY } from '../../../../backend/protocol/client/security.ts';
import type { Level, Origin } from '../../../../backend/protocol/security.ts';

describe('what the executions of a session may do', () => {
  let folder: string;
  let session: SessionSecurity;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hf-security-'));
    const changed = () => {};
    const workspace = new WorkspaceSecurity({
      workspace: folder,
      stateFolder: folder,
      settings: DEFAULT_SECURITY,
      changed,
    });
    session = new SessionSecurity(workspace, null, () => ['input']);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const begin = (executionId: string, origin: Origin, level: Level | null = null) =>
    session.begin({ executionId, origin, security: level && { level, allow: [], deny: [] } });

  it('is never looser than they asked, also when the session becomes looser meanwhile', () => {
    begin('a', 'person', 'sandbox');
    session.level = 'trusted';
    assert.equal(session.inForce('a').level, 'sandbox');
  });

  it('is stricter at once for whoever runs when the session becomes stricter', () => {
    begin('a', 'agent');
    assert.equal(session.inForce('a').level, 'restricted');
    session.level = 'sandbox';
    assert.equal(session.inForce('a').level, 'sandbox');
  });

  it('is that of the strictest for code that no execution owns, and never by what a person was granted when others ran, too', () => {
    session.level = 'restricted';
    begin('a', 'agent');
    begin('b', 'person');
    assert.deepEqual([session.inForce(null).level, session.inForce(null).origin], ['restricted', 'agent']);
    session.level = 'trusted';
    assert.deepEqual([session.inForce(null).level, session.inForce(null).origin], ['restricted', 'agent']);
    assert.equal(session.inForce('b').level, 'trusted');
    assert.ok(session.policy(true)?.asks.includes('network'), 'the worker still asks for the agent’s sake');
    session.reset();
    assert.equal(session.inForce(null).level, 'trusted');
    assert.deepEqual(session.policy()?.asks, []);
  });

  it('is told to the worker once, and again when it changes', () => {
    assert.equal(begin('a', 'person')?.generation, 1);
    assert.equal(begin('b', 'person'), undefined);
    assert.equal(begin('c', 'agent')?.generation, 2);
    assert.equal(session.policy(), undefined);
    assert.equal(session.policy(true)?.generation, 3);
  });

  it('is told again with the first run of another kind, since what was allowed to those before is not allowed to it', () => {
    session.level = 'restricted';
    const run = (executionId: string, origin: Origin, allow: string[] = []) =>
      session.begin({ executionId, origin, security: { level: null, allow, deny: [] } })?.generation;
    assert.equal(run('a', 'person', ['network']), 1);
    assert.equal(run('b', 'person'), 2);
    assert.equal(run('c', 'agent'), 3);
    assert.equal(run('d', 'extension'), 4);
    assert.equal(run('e', 'person'), undefined);
    assert.deepEqual(
      session.strictestOfEach.map(({ origin }) => origin),
      ['person', 'agent', 'extension'],
    );
    assert.ok(session.strictestOfEach.every(({ allow }) => !allow.has('network')));
  });

  it('is bounded for many kinds of executions', () => {
    for (let n = 0; n < 1000; n++) {
      session.begin({ executionId: `e${n}`, origin: 'person', security: { level: null, allow: [], deny: [`x${n}`] } });
    }
    assert.ok(session.strictest.deny.has('x0') && session.strictest.deny.has('x999'));
    begin('agent', 'agent');
    for (let n = 0; n < 201; n++) {
      session.begin({ executionId: `e${n}`, origin: 'person', security: { level: null, allow: [], deny: [`y${n}`] } });
    }
    assert.deepEqual(new Set(session.strictestOfEach.map(({ origin }) => origin)), new Set(['person', 'agent']));
  });
});
