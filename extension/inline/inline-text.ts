import { unreachable } from '../../backend/protocol/unreachable.ts';
import { type Execution, hasEnded } from '../client/execution.ts';
import type { Words } from '../platform/words.ts';
import { visible } from './visible.ts';

/** What an inline result is, which decides its colour. */
export type InlineKind = 'pending' | 'value' | 'output' | 'done' | 'error' | 'cancelled' | 'lost';

export interface InlineText {
  readonly kind: InlineKind;
  /** At most `maxLength` characters and a mark for what is left out. One line. */
  readonly text: string;
}

/** Elapsed time is shown from the first second on: before, it would only flicker. */
const SHOW_ELAPSED_MS = 1000;
/** A value is looked at only so far: it may be a string of megabytes. */
const EXAMINED_CHARACTERS = 20_000;

/** What stands at the end of the line for an execution. @param now Unix milliseconds */
export function inlineText(execution: Execution, now: number, maxLength: number, words: Words): InlineText {
  const { phase } = execution;
  const short = (text: string) => shorten(text, maxLength, words);
  if (execution.waiting && !hasEnded(execution)) return { kind: 'pending', text: words.t('waiting for input') };
  switch (phase.status) {
    case 'queued':
      return { kind: 'pending', text: words.t('queued') };
    case 'running':
      return { kind: 'pending', text: running(now - phase.since, words) };
    case 'succeeded': {
      if (execution.value !== null) return { kind: 'value', text: short(execution.value) };
      const output = lastOutputLine(execution);
      return output === '' ? { kind: 'done', text: '✓' } : { kind: 'output', text: short(output) };
    }
    case 'failed': {
      const { name, message } = phase.error;
      return { kind: 'error', text: short(message === '' ? name : `${name}: ${message}`) };
    }
    case 'cancelled':
      return { kind: 'cancelled', text: words.t('cancelled') };
    case 'lost':
      return { kind: 'lost', text: short(words.t('lost: {0}', phase.reason)) };
    case 'background':
      return { kind: 'output', text: short(lastOutputLine(execution)) };
    default:
      return unreachable(phase);
  }
}

/** The first line of a text, at most `maxLength` characters, and how many lines follow it. */
export function shorten(text: string, maxLength: number, words: Words): string {
  const examined = text.slice(0, EXAMINED_CHARACTERS);
  const lines = examined
    .replace(/^(?:[^\S\n]*\r?\n)+/, '')
    .trimEnd()
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  const characters = [...visible(lines[0] ?? '').trimEnd()];
  const first = characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : characters.join('');
  const rest = lines.length - 1;
  if (rest === 0) return first;
  if (text.length > examined.length) return words.t('{0} … and more lines', first);
  return rest === 1 ? words.t('{0} … +1 line', first) : words.t('{0} … +{1} lines', first, rest);
}

function running(milliseconds: number, words: Words): string {
  if (milliseconds < SHOW_ELAPSED_MS) return words.t('running');
  return words.t('running {0}', elapsed(milliseconds));
}

/** For example `3 s`, `2 min 5 s`, `1 h 2 min`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The last line that was printed; of a line rewritten with carriage returns, what it says at the end. */
function lastOutputLine(execution: Execution): string {
  const lines = execution.output.end(EXAMINED_CHARACTERS).trimEnd().split('\n');
  return lines.at(-1)?.split('\r').at(-1) ?? '';
}
