import { progressText } from '../../backend/protocol/progress-text.ts';
import { unreachable } from '../../backend/protocol/unreachable.ts';
import { elapsed } from '../../media/text/duration.ts';
import { type Execution, hasEnded } from '../client/execution.ts';
import type { Words } from '../platform/words.ts';
import { shortenTo } from './columns.ts';
import { visible } from './visible.ts';

/** What an inline result is, which decides its colour. */
export type InlineKind = 'pending' | 'value' | 'output' | 'done' | 'error' | 'cancelled' | 'lost';

export interface InlineText {
  readonly kind: InlineKind;
  /** Stands before the text and tells the kind without its colour. */
  readonly mark: string;
  /** At most `maxLength` columns and a mark for what is left out. One line. */
  readonly text: string;
}

/** Elapsed time is shown from the first second on: before, it would only flicker. */
const SHOW_ELAPSED_MS = 1000;
/** A value is looked at only so far: it may be a string of megabytes. */
const EXAMINED_CHARACTERS = 20_000;

const MARKS: Record<InlineKind, string> = {
  pending: '⋯ ',
  value: '→ ',
  output: '',
  done: '',
  error: '✗ ',
  cancelled: '■ ',
  lost: '✗ ',
};

/** What stands at the end of the line for an execution. @param now Unix milliseconds */
export function inlineText(execution: Execution, now: number, maxLength: number, words: Words): InlineText {
  const { phase } = execution;
  const shown = (kind: InlineKind, text: string) => ({ kind, mark: MARKS[kind], text });
  const short = (text: string) => shorten(text, maxLength, words);
  if (execution.waiting && !hasEnded(execution)) return shown('pending', words.t('waiting for input'));
  switch (phase.status) {
    case 'queued':
      return shown('pending', words.t('queued'));
    case 'running':
      return shown('pending', [running(now - phase.since, words), ...progressOf(execution)].map(short).join(' · '));
    case 'succeeded': {
      if (execution.value !== null) return shown('value', short(execution.value));
      const output = lastOutputLine(execution);
      return output === '' ? shown('done', '✓') : shown('output', short(output));
    }
    case 'failed': {
      const { name, message } = phase.error;
      return shown('error', short(message === '' ? name : `${name}: ${message}`));
    }
    case 'cancelled':
      return shown('cancelled', words.t('cancelled'));
    case 'lost':
      return shown('lost', short(words.t('lost: {0}', phase.reason)));
    case 'background':
      return shown('output', short(lastOutputLine(execution)));
    default:
      return unreachable(phase);
  }
}

/** The same without what the code came to: only whether it went well. */
export function checkmark({ kind, mark, text }: InlineText): InlineText {
  switch (kind) {
    case 'pending':
      return { kind, mark, text };
    case 'value':
    case 'output':
    case 'done':
      return { kind: 'done', mark: '', text: '✓' };
    case 'error':
    case 'lost':
    case 'cancelled':
      return { kind, mark: '', text: mark.trim() };
    default:
      return unreachable(kind);
  }
}

/** The first line of a text without its indentation, at most `maxLength` columns, and how many lines follow it. */
export function shorten(text: string, maxLength: number, words: Words): string {
  const examined = text.slice(0, EXAMINED_CHARACTERS);
  const lines = examined
    .replace(/^(?:[^\S\n]*\r?\n)+/, '')
    .trimEnd()
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  // The columns of a table begin far to the right of its index.
  const unindented = (lines[0] ?? '').replace(/^[ \t]+/, '');
  const first = shortenTo(visible(unindented).trimEnd(), maxLength);
  const rest = lines.length - 1;
  if (rest === 0) return first;
  if (text.length > examined.length) return words.t('{0} … and more lines', first);
  return rest === 1 ? words.t('{0} … +1 line', first) : words.t('{0} … +{1} lines', first, rest);
}

function running(milliseconds: number, words: Words): string {
  if (milliseconds < SHOW_ELAPSED_MS) return words.t('running');
  return words.t('running {0}', elapsed(milliseconds / 1000));
}

/** Of the bar that began last and is not over. */
function progressOf({ progress }: Execution): string[] {
  const bar = progress.findLast(({ state }) => state === 'running');
  return bar ? [progressText(bar)] : [];
}

/** The last line that was printed; of a line rewritten with carriage returns, what it says at the end. */
function lastOutputLine(execution: Execution): string {
  const { output } = execution;
  const end = output.end(EXAMINED_CHARACTERS);
  // What is cut may be cut within an escape sequence, whose rest is no text.
  const whole = output.total > end.length ? end.replace(/^[\d;?[]*[A-Za-z]/, '…') : end;
  return whole.trimEnd().split('\n').at(-1)?.split('\r').at(-1) ?? '';
}
