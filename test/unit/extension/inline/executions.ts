import type { Progress } from '../../../../backend/protocol/progress.ts';
import type { Execution, Phase } from '../../../../extension/client/execution.ts';
import { OutputText } from '../../../../extension/client/output-text.ts';

/** An execution as a window knows it. */
export function execution(
  phase: Phase,
  { value = null as string | null, output = '', waiting = false, progress = [] as readonly Progress[] } = {},
): Execution {
  const text = new OutputText();
  text.append('stdout', new TextEncoder().encode(output));
  return {
    id: 'e-1',
    sessionId: 's-1',
    dialect: 'python',
    source: null,
    title: null,
    code: null,
    origin: 'person',
    notKept: null,
    workersGone: 0,
    at: 0,
    phase,
    output: text,
    value,
    table: null,
    waiting,
    progress,
  };
}

export const succeeded: Extract<Phase, { status: 'succeeded' }> = {
  status: 'succeeded',
  mode: 'simple_sync',
  seconds: 0.0012,
  text: null,
  parts: null,
};
export const failed = (name: string, message: string, traceback = ''): Phase => ({
  status: 'failed',
  mode: 'simple_sync',
  seconds: 1,
  error: { name, message, frames: [], traceback, notes: [] },
});
export const cancelled: Phase = {
  status: 'cancelled',
  seconds: 1,
  rung: 'interrupt',
  cancelSeconds: 0,
  lost: [],
  error: null,
  reason: null,
};
export const lostBecause = (reason: string, stderrTail = ''): Phase => ({
  status: 'lost',
  seconds: 1,
  reason,
  stderrTail,
});
export const lost = lostBecause('It was killed.\nTwice.');
export const running: Phase = { status: 'running', mode: 'simple_sync', since: 1000 };
