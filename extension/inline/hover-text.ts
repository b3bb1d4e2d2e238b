import { unreachable } from '../../backend/protocol/unreachable.ts';
import { duration } from '../../media/text/duration.ts';
import { variableType } from '../../media/text/variable-type.ts';
import type { Execution } from '../client/execution.ts';
import { originWord } from '../client/origin-word.ts';
import type { Words } from '../platform/words.ts';
import { codeBlock, outputBlock } from './code-block.ts';
import { visible } from './visible.ts';

/** The commands that a hover may link to. Everything else in it is text. */
export const HOVER_COMMANDS = [
  'holdfast.copyValue',
  'holdfast.showResults',
  'holdfast.rerun',
  'holdfast.cancelExecution',
] as const;

const MAX_TYPE_CHARACTERS = 80;

/** Markdown for the hover of an inline result. What the program made stands in a code block, where nothing is a link. */
export function hoverText(execution: Execution, stale: boolean, words: Words): string {
  const status = [statusLine(execution, words), ...runsOf(execution, words), ...originOf(execution, words)];
  const parts = [[...typeOf(execution), ...status].join(' · ')];
  if (stale) parts.push(words.t('The code has been edited since it ran.'));
  const content = contentOf(execution);
  if (content !== '') parts.push(content);
  parts.push(links(execution, words));
  return parts.join('\n\n');
}

function contentOf({ phase, value, output }: Execution): string {
  switch (phase.status) {
    case 'succeeded':
      return value === null ? outputBlock(output) : codeBlock(value);
    case 'failed':
      return codeBlock(phase.error.traceback || `${phase.error.name}: ${phase.error.message}`);
    case 'lost':
      return codeBlock(phase.stderrTail === '' ? phase.reason : `${phase.reason}\n${phase.stderrTail}`);
    case 'cancelled':
    case 'queued':
    case 'running':
    case 'background':
      return outputBlock(output);
    default:
      return unreachable(phase);
  }
}

function statusLine({ phase }: Execution, words: Words): string {
  switch (phase.status) {
    case 'queued':
      return words.t('Waits in the queue');
    case 'running':
      return words.t('Runs');
    case 'background':
      return words.t('Printed between executions');
    case 'succeeded':
      return `${words.t('Succeeded in {0}', duration(phase.seconds))} · \`${phase.mode}\``;
    case 'failed':
      return `${words.t('Failed after {0}', duration(phase.seconds))} · \`${phase.mode}\``;
    case 'cancelled':
      return words.t('Cancelled after {0}', duration(phase.seconds));
    case 'lost':
      return words.t('Lost after {0}', duration(phase.seconds));
    default:
      return unreachable(phase);
  }
}

/** An idempotent one was run again when its worker went away. */
function runsOf({ workersGone }: Execution, words: Words): string[] {
  return workersGone === 0 ? [] : [words.t('Run {0} times', workersGone + 1)];
}

/** Who asked for it, when it was not a person. */
function originOf({ origin }: Execution, words: Words): string[] {
  return origin === 'person' ? [] : [originWord(origin, words)];
}

/** Of the value, for example `list (3)` or `ndarray (2 × 3)`. A type's name is the program's text, in a span that it cannot end. */
function typeOf({ phase }: Execution): string[] {
  if (phase.status !== 'succeeded' || !phase.facts) return [];
  const type = visible(phase.facts.type).replaceAll('`', "'").slice(0, MAX_TYPE_CHARACTERS);
  return [`\`${variableType({ ...phase.facts, type })}\``];
}

function links({ id, phase, value }: Execution, words: Words): string {
  const link = (title: string, command: (typeof HOVER_COMMANDS)[number]) =>
    `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([{ executionId: id }]))})`;
  const running = phase.status === 'running' || phase.status === 'queued';
  return [
    ...(running ? [link(words.t('Cancel'), 'holdfast.cancelExecution')] : []),
    ...(value === null ? [] : [link(words.t('Copy value'), 'holdfast.copyValue')]),
    link(words.t('Open in results'), 'holdfast.showResults'),
    ...(running ? [] : [link(words.t('Rerun'), 'holdfast.rerun')]),
  ].join(' · ');
}
