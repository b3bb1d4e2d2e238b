import type { Outcome } from '../protocol/client/index.ts';
import { printJson, warn } from './print.ts';
import type { Reporter } from './reporter.ts';

/** One JSON object a line on standard output, and nothing else there. The README documents them. */
export function jsonReporter(): Reporter {
  return {
    cell: (cell, first) => printJson({ type: 'cell', cell, line: first }),
    started: (cell, executionId, mode) => printJson({ type: 'started', cell, executionId, mode }),
    output: (executionId, stream, text) => printJson({ type: 'output', executionId, stream, text }),
    display: (executionId, parts) => printJson({ type: 'display', executionId, mime: parts.map(({ mime }) => mime) }),
    progress: (executionId, progress) => printJson({ type: 'progress', executionId, ...progress }),
    prompt: ({ executionId, capability, prompt, form, promptId }) =>
      printJson({ type: 'capability_request', executionId, capability, prompt, form, promptId }),
    notice: ({ executionId, level, message }) => printJson({ type: 'notice', executionId, level, message }),
    answered: () => {},
    finished: (cell, executionId, outcome) => {
      const detail = detailOf(executionId, outcome);
      if (detail) printJson(detail);
      printJson({
        type: 'finished',
        cell,
        executionId,
        status: outcome.status,
        seconds: outcome.seconds,
        ...ending(outcome),
      });
    },
    note: warn,
  };
}

function detailOf(executionId: string, outcome: Outcome): object | undefined {
  switch (outcome.status) {
    case 'succeeded': {
      const { text, parts, seconds, mode } = outcome;
      return { type: 'result', executionId, text, mime: (parts ?? []).map(({ mime }) => mime), seconds, mode };
    }
    case 'failed':
    case 'cancelled':
      return outcome.error ? { type: 'error', executionId, ...outcome.error } : undefined;
    case 'lost':
      return undefined;
  }
}

function ending(outcome: Outcome): object {
  if (outcome.status === 'cancelled') {
    const { rung, cancelSeconds, lost, reason } = outcome;
    return { rung, cancelSeconds, lost, reason };
  }
  if (outcome.status === 'lost') return { reason: outcome.reason };
  return {};
}
