import path from 'node:path';
import type { ItemStatus, ResultItem } from '../../media/protocol.ts';
import type { Execution } from '../client/execution.ts';
import type { Words } from '../platform/words.ts';

/** What the results panel shows of an execution, but for its output. */
export function resultItem(execution: Execution, words: Words): ResultItem {
  const { id, source, title, at, phase, value } = execution;
  return {
    id,
    status: statusOf(execution),
    place: source ? `${path.basename(source.name)}:${source.line}` : null,
    title: title ?? (phase.status === 'background' ? words.t('Printed between executions') : ''),
    at,
    seconds: 'seconds' in phase ? phase.seconds : null,
    value,
    problem: problemOf(execution, words),
  };
}

function statusOf({ phase, waiting }: Execution): ItemStatus {
  return waiting && phase.status === 'running' ? 'waiting' : phase.status;
}

function problemOf({ phase }: Execution, words: Words): string | null {
  switch (phase.status) {
    case 'failed':
      return phase.error.traceback || `${phase.error.name}: ${phase.error.message}`;
    case 'cancelled':
      return phase.lost.length > 0
        ? words.t('The worker had to be ended. Variables that went with it: {0}', phase.lost.join(', '))
        : phase.reason;
    case 'lost':
      return phase.stderrTail === '' ? phase.reason : `${phase.reason}\n${phase.stderrTail}`;
    default:
      return null;
  }
}
