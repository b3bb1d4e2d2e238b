import assert from 'node:assert/strict';
import type { SessionInfo } from '../../../../backend/protocol/client/index.ts';
import { type Status, statusText } from '../../../../extension/views/status-text.ts';
import { english } from '../english.ts';

const NOW = 1_000_000;
const idle: Status = {
  link: 'connected',
  session: undefined,
  prompts: 0,
  notKept: null,
  queued: 0,
  runningSince: undefined,
};
const session: SessionInfo = {
  sessionId: 's-1',
  name: 'python',
  language: 'python',
  state: 'idle',
  interpreter: { path: '/usr/bin/python3', version: '3.12.1', origin: 'PATH' },
  cwd: '/work',
  pid: 7,
  ephemeral: false,
  running: null,
  queued: 0,
  waiting: [],
  memory: 24 * 1024 ** 2,
  cpuPercent: 0,
  variables: 3,
  tasks: [],
  totalTasks: 0,
  unresponsiveSince: null,
  level: 'trusted',
  floor: null,
  exit: null,
  createdAt: 0,
};
const shown = (status: Partial<Status>) => statusText({ ...idle, ...status }, NOW, english);

describe('the text of the status bar', () => {
  for (const [name, status, text, level] of [
    ['nothing has been started', { link: 'disconnected' }, '$(circle-outline) Holdfast', 'normal'],
    ['the backend is started', { link: 'connecting' }, '$(sync~spin) Holdfast: starting', 'normal'],
    ['the connection is lost', { link: 'reconnecting', session }, '$(sync~spin) Holdfast: reconnecting', 'normal'],
    ['a session is idle', { session }, '$(check) Holdfast', 'normal'],
    ['a session has a name of its own', { session: { ...session, name: 'tea' } }, '$(check) Holdfast: tea', 'normal'],
    ['code has just begun', { runningSince: NOW - 900 }, '$(sync~spin) Holdfast: running', 'normal'],
    ['code runs for a while', { runningSince: NOW - 65_000 }, '$(sync~spin) Holdfast: running 1 min 5 s', 'normal'],
    ['more waits', { runningSince: NOW, queued: 2 }, '$(sync~spin) Holdfast: running, 2 queued', 'normal'],
    [
      'more waits for long',
      { runningSince: 0, queued: 1 },
      '$(sync~spin) Holdfast: running 16 min 40 s, 1 queued',
      'normal',
    ],
    ['a program asks', { prompts: 1, runningSince: 0 }, '$(comment) Holdfast: waiting for input', 'warning'],
    [
      'a worker is silent',
      { session: { ...session, state: 'unresponsive' } },
      '$(warning) Holdfast: not responding',
      'warning',
    ],
    ['nothing is kept', { notKept: 'The disk is full.' }, '$(warning) Holdfast: not kept', 'warning'],
    [
      'code runs and nothing is kept',
      { notKept: 'The disk is full.', runningSince: NOW },
      '$(sync~spin) Holdfast: running',
      'warning',
    ],
    ['a worker is gone', { session: { ...session, state: 'dead' } }, '$(error) Holdfast: session ended', 'error'],
  ] as const) {
    it(`says what is so when ${name}`, () => {
      const { text: actual, level: actualLevel } = shown(status);
      assert.deepEqual([actual, actualLevel], [text, level]);
    });
  }

  it('tells in its tooltip which interpreter runs, and why a worker is gone', () => {
    const { tooltip } = shown({ session: { ...session, state: 'dead', exit: 'It ran out of memory.' } });
    assert.match(tooltip, /python · ended · Python 3\.12\.1 · 24 MB\n\/usr\/bin\/python3\nIt ran out of memory\./);
  });

  it('makes no icon of the name of a session', () => {
    assert.equal(shown({ session: { ...session, name: '$(alert)' } }).text, '$(check) Holdfast: $\u200b(alert)');
  });
});
