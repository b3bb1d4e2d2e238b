import { unreachable } from '../../backend/protocol/unreachable.ts';
import { duration } from '../../media/text/duration.ts';
import type { Execution } from '../client/execution.ts';
import type { Words } from '../platform/words.ts';
import { visible } from './visible.ts';

/** The commands that a hover may link to. Everything else in it is text. */
export const HOVER_COMMANDS = ['holdfast.copyValue', 'holdfast.showResults', 'holdfast.cancelExecution'] as const;

const MAX_CHARACTERS = 5000;
const MAX_LINES = 60;

/** Markdown for the hover of an inline result. What the program made stands in a code block, where nothing is a link. */
export function hoverText(execution: Execution, words: Words): string {
  const content = contentOf(execution);
  const parts = [statusLine(execution, words)];
  if (content !== '') parts.push(codeBlock(content));
  parts.push(links(execution, words));
  return parts.join('\n\n');
}

function contentOf({ phase, value, output }: Execution): string {
  switch (phase.status) {
    case 'succeeded':
      return value ?? output.end(MAX_CHARACTERS);
    case 'failed':
      return phase.error.traceback || `${phase.error.name}: ${phase.error.message}`;
    case 'cancelled':
    case 'lost':
    case 'queued':
    case 'running':
    case 'background':
      return output.end(MAX_CHARACTERS);
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

/** A block whose fence is longer than any run of backticks in it, so that the text cannot end it. */
export function codeBlock(text: string): string {
  const lines = text
    .slice(0, MAX_CHARACTERS)
    .trimEnd()
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  const shown = lines.slice(0, MAX_LINES).map(visible).join('\n');
  const cut = lines.length > MAX_LINES || text.length > MAX_CHARACTERS ? '\n…' : '';
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${shown}${cut}\n${fence}`;
}

function links({ id, phase, value }: Execution, words: Words): string {
  const link = (title: string, command: (typeof HOVER_COMMANDS)[number]) =>
    `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([{ executionId: id }]))})`;
  const found = [link(words.t('Show results'), 'holdfast.showResults')];
  if (value !== null) found.unshift(link(words.t('Copy value'), 'holdfast.copyValue'));
  if (phase.status === 'running' || phase.status === 'queued')
    found.unshift(link(words.t('Cancel'), 'holdfast.cancelExecution'));
  return found.join(' · ');
}
