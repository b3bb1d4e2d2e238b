import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../../backend/protocol/client/index.ts';
import { Executions } from '../../../../extension/client/executions.ts';
import { LostExecutions } from '../../../../extension/client/lost-executions.ts';

const NOTHING = new Uint8Array();

describe('what was lost in a session', () => {
  let executions: Executions;
  let lost: LostExecutions;
  const tell = (sessionId: string, event: SessionEvent, code = 'x') =>
    executions.apply(sessionId, 0, event, event.kind === 'queued' ? new TextEncoder().encode(code) : NOTHING);
  const taken = (sessionId: string) => lost.take(sessionId).map(({ id }) => id);

  function run(sessionId: string, executionId: string, end: 'lost' | 'running' | 'queued', code = 'x'): void {
    const source = { name: '<a>', path: null, line: 1, column: 0 };
    const asked = { executionId, dialect: 'python', source, client: 'vscode', origin: 'person' } as const;
    tell(sessionId, { kind: 'queued', ...asked }, code);
    if (end !== 'queued') tell(sessionId, { kind: 'started', executionId, mode: 'simple_sync' });
    const outcome = { status: 'lost', seconds: 1, reason: 'It died.', stderrTail: '' } as const;
    if (end === 'lost') tell(sessionId, { kind: 'finished', executionId, outcome });
  }

  beforeEach(() => {
    executions = new Executions();
    lost = new LostExecutions(executions);
  });

  it('is told once, oldest first, what waited behind it too, and not what another session lost', () => {
    run('one', 'a', 'running');
    run('one', 'b', 'queued');
    run('two', 'c', 'lost');
    executions.lose('The backend ended.', 'one');
    assert.deepEqual(taken('one'), ['a', 'b']);
    assert.deepEqual(taken('one'), []);
    assert.deepEqual(taken('two'), ['c']);
  });

  it('is not told any more when code has run since, and not when its code is not known', () => {
    run('one', 'a', 'lost');
    run('one', 'b', 'running');
    assert.deepEqual(taken('one'), []);
    run('two', 'long', 'lost', '');
    assert.deepEqual(taken('two'), []);
  });

  it('says what it was waiting for', () => {
    run('one', 'a', 'running');
    executions.lose('The backend ended.', 'one', (id) => (id === 'a' ? 'Who?' : null));
    const phase = executions.get('a')?.phase;
    assert.equal(
      phase?.status === 'lost' && phase.reason,
      'The backend ended. It was waiting for an answer to “Who?”.',
    );
  });

  it('runs when the next backend says so, and the window knows that it was run before', () => {
    run('one', 'a', 'running');
    executions.lose('The backend ended.', 'one');
    run('one', 'a', 'running');
    assert.deepEqual([executions.get('a')?.phase.status, executions.get('a')?.workersGone], ['running', 1]);
    tell('one', { kind: 'runs_again', executionId: 'a', runs: 2, reason: 'It died.' });
    assert.deepEqual([executions.get('a')?.phase.status, executions.get('a')?.workersGone], ['queued', 2]);
    assert.deepEqual(taken('one'), []);
  });
});
