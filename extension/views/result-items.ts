import path from 'node:path';
import type { Progress } from '../../backend/protocol/progress.ts';
import { fractionDone, progressText } from '../../backend/protocol/progress-text.ts';
import type { FrameLink, ItemStatus, ProgressBar, ResultItem, RichRef } from '../../media/protocol.ts';
import type { Display } from '../client/displays.ts';
import type { Execution } from '../client/execution.ts';
import { originWord } from '../client/origin-word.ts';
import type { Words } from '../platform/words.ts';
import { frameLinks } from './frame-links.ts';

/** Characters of a value, and of a traceback, that a page gets. */
const MAX_TEXT = 50_000;

/** What the results panel shows of an execution, but for its output. */
export function resultItem(execution: Execution, displays: readonly Display[], words: Words): ResultItem {
  const { id, source, title, origin, at, phase, value, notKept, code } = execution;
  return {
    id,
    status: statusOf(execution),
    place: source ? `${path.basename(source.name)}:${source.line}` : null,
    title: title ?? (phase.status === 'background' ? words.t('Printed between executions') : ''),
    by: origin === 'person' ? null : originWord(origin, words),
    at,
    seconds: 'seconds' in phase ? phase.seconds : null,
    value: value === null ? null : bounded(value),
    table: execution.table !== null,
    ...problemOf(execution, words),
    rich: displays.map(richRef),
    notKept,
    progress: execution.progress.map(barOf),
    rerun: code !== null,
  };
}

function barOf(progress: Progress): ProgressBar {
  const { progressId: id, state } = progress;
  return { id, text: progressText(progress), fraction: fractionDone(progress), state };
}

function richRef({ key, at, forms }: Display): RichRef {
  return { key, at, forms: forms.map(({ mime, data }) => ({ mime, bytes: data.length })) };
}

function statusOf({ phase, waiting }: Execution): ItemStatus {
  return waiting && phase.status === 'running' ? 'waiting' : phase.status;
}

function problemOf(execution: Execution, words: Words): { problem: string | null; links: FrameLink[] } {
  const { phase } = execution;
  if (phase.status === 'failed' && phase.error.traceback !== '') {
    const problem = bounded(phase.error.traceback);
    return { problem, links: frameLinks(phase.error).filter(({ end }) => end < problem.length) };
  }
  const problem = problemText(execution, words);
  return { problem: problem === null ? null : bounded(problem), links: [] };
}

function problemText({ phase }: Execution, words: Words): string | null {
  switch (phase.status) {
    case 'failed':
      return `${phase.error.name}: ${phase.error.message}`;
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

function bounded(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
