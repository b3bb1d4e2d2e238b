import type { Outcome } from '../protocol/client/index.ts';
import type { FromWorker } from '../protocol/worker/index.ts';

/** A worker's last word on an execution. */
export type Terminal = Extract<FromWorker, { type: 'result' | 'error' }>;

/** The outcome that a worker's terminal message tells. @param cancelSeconds since the first request to cancel. */
export function outcomeOf(message: Terminal, cancelSeconds: number): Outcome {
  if (message.type === 'result') {
    const { mode, seconds, text, parts, facts } = message;
    return { status: 'succeeded', mode, seconds, text, parts, ...(facts && { facts }) };
  }
  const { mode, seconds, error, cancelled } = message;
  if (cancelled === null) return { status: 'failed', mode, seconds, error };
  return { status: 'cancelled', seconds, rung: cancelled, cancelSeconds, lost: [], error, reason: null };
}

/** Of an execution that was cancelled before it began. @param reason null when a person asked for just that. */
export function cancelledInQueue(reason: string | null): Outcome {
  return { status: 'cancelled', seconds: 0, rung: 'queued', cancelSeconds: 0, lost: [], error: null, reason };
}

/** Of an execution that went with its worker. */
export function lostWith(reason: string, stderrTail: string, seconds: number): Outcome {
  return { status: 'lost', seconds, reason, stderrTail };
}

/** Of an execution whose worker was killed because nothing else could cancel it. @param lost names of the variables that went with it */
export function killed(seconds: number, cancelSeconds: number, lost: string[]): Outcome {
  return { status: 'cancelled', seconds, rung: 'kill', cancelSeconds, lost, error: null, reason: null };
}
