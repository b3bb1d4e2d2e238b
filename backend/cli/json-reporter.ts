import type { Outcome } from '../protocol/client/index.ts';
import { printJson, warn } from './print.ts';
import type { Reporter } from './reporter.ts';

/**
 * One JSON object a line on standard output, and nothing else there. The README documents them.
 * @param more what each line has besides
 */
export function jsonReporter(more: () => object = () => ({})): Reporter {
  const printLine = (line: object) => printJson({ ...line, ...more() });
  return {
    cell: (cell, first, file) => printLine({ type: 'cell', cell, line: first, ...(file !== undefined && { file }) }),
    started: (cell, executionId, mode) => printLine({ type: 'started', cell, executionId, mode }),
    output: (executionId, stream, text) => printLine({ type: 'output', executionId, stream, text }),
    display: (executionId, parts) => printLine({ type: 'display', executionId, mime: parts.map(({ mime }) => mime) }),
    progress: (executionId, progress) => printLine({ type: 'progress', executionId, ...progress }),
    prompt: ({ executionId, capability, prompt, form, promptId }) =>
      printLine({ type: 'capability_request', executionId, capability, prompt, form, promptId }),
    notice: ({ executionId, level, message }) => printLine({ type: 'notice', executionId, level, message }),
    answered: () => {},
    finished: (cell, executionId, outcome) => {
      const detail = detailOf(executionId, outcome);
      if (detail) printLine(detail);
      printLine({
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
