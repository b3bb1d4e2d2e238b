import type { Outcome } from '../protocol/client/index.ts';
import type { FromWorker } from '../protocol/worker/index.ts';

type Terminal = Extract<FromWorker, { type: 'result' | 'error' }>;

/** The outcome that a worker's terminal message tells. @param cancelSeconds since the first request to cancel. */
export function outcomeOf(message: Terminal, cancelSeconds: number): Outcome {
  if (message.type === 'result') {
    const { mode, seconds, text, parts } = message;
    return { status: 'succeeded', mode, seconds, text, parts };
  }
  const { mode, seconds, error, cancelled } = message;
  if (cancelled === null) return { status: 'failed', mode, seconds, error };
  return { status: 'cancelled', seconds, rung: cancelled, cancelSeconds, lost: [], error };
}

/** Of an execution that was cancelled before it began. */
export const CANCELLED_IN_QUEUE: Outcome = {
  status: 'cancelled',
  seconds: 0,
  rung: 'queued',
  cancelSeconds: 0,
  lost: [],
  error: null,
};
