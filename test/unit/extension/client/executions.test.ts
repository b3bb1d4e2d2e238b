import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../../backend/protocol/client/index.ts';
import type { Source } from '../../../../backend/protocol/values.ts';
import { Executions, MAX_EXECUTIONS } from '../../../../extension/client/executions.ts';

const source: Source = { name: '<a>', path: null, line: 1, column: 0 };
const NOTHING = new Uint8Array();
const done = (executionId: string): SessionEvent => ({
  kind: 'finished',
  executionId,
  outcome: { status: 'succeeded', mode: 'simple_sync', seconds: 1, text: 'short', parts: null },
});

describe('the executions of a window', () => {
  it('follow their events', () => {
    const executions = new Executions();
    executions.onHeard(() => assert.fail('this window has asked for it'));
    const phases: string[] = [];
    executions.onChanged(({ phase }) => phases.push(phase.status));
    executions.begin({ id: 'a', dialect: 'python', source, title: '1', code: '1' });
    const apply = (event: SessionEvent, payload = NOTHING) => executions.apply('s', 1000, event, payload);
    apply({ kind: 'queued', executionId: 'a', dialect: 'python', source, client: 'vscode', origin: 'person' });
    apply({ kind: 'started', executionId: 'a', mode: 'simple_sync' });
    apply({ kind: 'output', executionId: 'a', stream: 'stdout' }, new TextEncoder().encode('out'));
    apply(done('a'));
    apply(done('a'));
    assert.deepEqual(phases, ['queued', 'running', 'succeeded']);
    const execution = executions.get('a');
    assert.deepEqual([execution?.sessionId, execution?.value, execution?.output.end(9)], ['s', 'short', 'out']);
    assert.equal(execution?.at, 1000);
  });

  it('of an earlier window are known with their code', () => {
    const executions = new Executions();
    const asked = { executionId: 'a', dialect: 'python', source, client: 'vscode', origin: 'person' } as const;
    const queued = { kind: 'queued', ...asked } as const;
    const heard: string[] = [];
    executions.onHeard(({ id }) => heard.push(id));
    executions.apply('s', 5, queued, new TextEncoder().encode('\nfor n in it:\n    n\n'));
    executions.apply('s', 6, { ...queued, executionId: 'long' }, NOTHING);
    const seen = executions.all().map(({ id, title, code, at }) => [id, title, code, at]);
    assert.deepEqual(seen, [
      ['a', 'for n in it:', '\nfor n in it:\n    n\n', 5],
      ['long', null, null, 6],
    ]);
    assert.deepEqual(heard, ['a', 'long']);
  });

  it('that came to a table can be read again, until their session has it no more', () => {
    const executions = new Executions();
    const tables = () => ['a', 'b', 'c'].map((id) => executions.get(id)?.table);
    for (const [id, table] of [
      ['a', 3],
      ['b', 4],
      ['c', undefined],
    ] as const) {
      executions.begin({ id, dialect: 'python', source, title: '1', code: '1' });
      executions.assign(id, 's');
      const facts = { type: 'list', length: 1, shape: null, ...(table !== undefined && { table }) };
      const outcome = {
        status: 'succeeded',
        mode: 'simple_sync',
        seconds: 1,
        text: '[1]',
        parts: null,
        facts,
      } as const;
      executions.apply('s', 0, { kind: 'finished', executionId: id, outcome }, NOTHING);
    }
    const changed: string[] = [];
    executions.onChanged(({ id }) => changed.push(id));
    assert.deepEqual(tables(), ['Out[3]', 'Out[4]', null]);
    executions.loseTable('b');
    assert.deepEqual([tables(), changed], [['Out[3]', null, null], ['b']]);
    const reset = (sessionId: string, reset: boolean) =>
      executions.apply(
        sessionId,
        0,
        { kind: 'namespace_changed', changed: [], deleted: [], total: 0, truncated: false, reset },
        NOTHING,
      );
    reset('s', false);
    reset('other', true);
    assert.deepEqual(tables(), ['Out[3]', null, null]);
    reset('s', true);
    assert.deepEqual(
      [tables(), changed],
      [
        [null, null, null],
        ['b', 'a'],
      ],
    );
  });

  it('know their bars, which are over with them', () => {
    const executions = new Executions();
    executions.begin({ id: 'a', dialect: 'python', source, title: '1', code: '1' });
    const tell = (progressId: number, done: number, state: 'running' | 'done' = 'running') =>
      executions.apply(
        's',
        0,
        { kind: 'progress', executionId: 'a', progressId, label: 'x', done, total: 2, state },
        NOTHING,
      );
    const seen = () => executions.get('a')?.progress.map(({ progressId, done, state }) => [progressId, done, state]);
    tell(1, 1);
    tell(2, 1);
    tell(1, 2, 'done');
    assert.deepEqual(seen(), [
      [1, 2, 'done'],
      [2, 1, 'running'],
    ]);
    executions.apply('s', 0, done('a'), NOTHING);
    tell(2, 2);
    assert.deepEqual(seen(), [
      [1, 2, 'done'],
      [2, 1, 'stopped'],
    ]);
  });

  it('take the longest text form of a value from the payload', () => {
    const executions = new Executions();
    executions.begin({ id: 'a', dialect: 'python', source, title: '1', code: '1' });
    const parts = [
      { mime: 'text/html', bytes: 3 },
      { mime: 'text/plain', bytes: 4 },
    ];
    const outcome = { status: 'succeeded', mode: 'simple_sync', seconds: 1, text: 'lo…', parts } as const;
    executions.apply('s', 0, { kind: 'finished', executionId: 'a', outcome }, new TextEncoder().encode('<b>long'));
    assert.equal(executions.get('a')?.value, 'long');
  });

  it('count what their session left out of their output', () => {
    const executions = new Executions();
    executions.begin({ id: 'a', dialect: 'python', source, title: '', code: '1' });
    const event = { kind: 'output', executionId: 'a', stream: 'stdout', skipped: 5 } as const;
    executions.apply('s', 0, event, new TextEncoder().encode('out'));
    assert.equal(executions.get('a')?.output.total, 8);
  });

  it('forget the oldest that have ended, and never one that has not', () => {
    const executions = new Executions();
    const removed: string[] = [];
    executions.onRemoved((ids) => removed.push(...ids));
    for (let count = 0; count < MAX_EXECUTIONS + 10; count++) {
      executions.begin({ id: `e-${count}`, dialect: 'python', source, title: '', code: '1' });
      if (count > 0) executions.apply('s', 0, done(`e-${count}`), NOTHING);
    }
    assert.ok(executions.get('e-0'));
    assert.equal(executions.all().length, MAX_EXECUTIONS);
    assert.deepEqual(removed.slice(0, 2), ['e-1', 'e-2']);
  });

  it('are lost with their session, once', () => {
    const executions = new Executions();
    for (const id of ['a', 'b', 'c']) executions.begin({ id, dialect: 'python', source, title: '', code: '1' });
    executions.assign('a', 'one');
    executions.assign('b', 'two');
    executions.apply('two', 0, done('b'), NOTHING);
    executions.lose('gone', 'one');
    executions.lose('gone', 'two');
    assert.deepEqual(
      executions.all().map(({ phase }) => phase.status),
      ['lost', 'succeeded', 'queued'],
    );
    executions.clear();
    assert.deepEqual(
      executions.all().map(({ id }) => id),
      ['c'],
    );
  });

  it('that were cleared away stay away in the next window, unless they run again', () => {
    const cleared = new Set<string | null>();
    const memory = {
      has: (id: string | null, at: number) => at <= 100 && cleared.has(id),
      add: (ids: readonly string[]) => [null, ...ids].forEach((id) => void cleared.add(id)),
    };
    const asked = { kind: 'queued', dialect: 'python', source, client: 'vscode', origin: 'person' } as const;
    const window = () => {
      const executions = new Executions(memory);
      const show = (at: number) => {
        executions.apply('s', at, { kind: 'output', executionId: null, stream: 'stdout' }, NOTHING);
        for (const executionId of ['ended', 'runs']) executions.apply('s', at, { ...asked, executionId }, NOTHING);
        executions.apply('s', at, done('ended'), NOTHING);
        return executions.all().map(({ id }) => id);
      };
      return { executions, show };
    };
    const first = window();
    assert.deepEqual(first.show(100), ['background-1', 'ended', 'runs']);
    first.executions.clear();
    const next = window();
    assert.deepEqual(next.show(100), ['runs']);
    assert.deepEqual(next.show(101), ['runs', 'background-1', 'ended']);
  });

  it('gather output between executions in one entry', () => {
    const executions = new Executions();
    const say = (text: string) =>
      executions.apply('s', 0, { kind: 'output', executionId: null, stream: 'stdout' }, new TextEncoder().encode(text));
    say('a');
    say('b');
    executions.apply(
      's',
      0,
      { kind: 'queued', executionId: 'x', dialect: 'python', source, client: 'cli', origin: 'person' },
      NOTHING,
    );
    say('c');
    assert.deepEqual(
      executions.all().map(({ id, output }) => [id, output.end(9)]),
      [
        ['background-1', 'ab'],
        ['x', ''],
        ['background-2', 'c'],
      ],
    );
  });
});
