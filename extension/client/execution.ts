import type { Outcome } from '../../backend/protocol/client/index.ts';
import type { Progress } from '../../backend/protocol/progress.ts';
import type { Origin } from '../../backend/protocol/security.ts';
import type { Dialect, Mode, Source } from '../../backend/protocol/values.ts';
import type { OutputText } from './output-text.ts';

/** How far an execution is. `background`: no execution, but output that a session wrote between two. */
export type Phase =
  | { readonly status: 'queued' }
  | { readonly status: 'running'; readonly mode: Mode /** Unix milliseconds. */; readonly since: number }
  | { readonly status: 'background' }
  | Outcome;

/** What this window knows of an execution. Bounded: see OutputText and MAX_VALUE_CHARACTERS. */
export interface Execution {
  readonly id: string;
  /** Null until its session is known. */
  readonly sessionId: string | null;
  readonly dialect: Dialect | null;
  readonly source: Source | null;
  /** First line of its code, as far as that is known. */
  readonly title: string | null;
  /** Its code when it is not too long. */
  readonly code: string | null;
  /** Who asked for it. */
  readonly origin: Origin;
  /** Unix milliseconds at which it was asked for. */
  readonly at: number;
  readonly phase: Phase;
  readonly output: OutputText;
  /** The value as text, longer than the preview when the worker sent more. */
  readonly value: string | null;
  /** The expression of its session by which the value can be read as a table; null when it is none, or the session has it no more. */
  readonly table: string | null;
  /** Why not all of its output is kept in the log of its session, in words; null when it is. */
  readonly notKept: string | null;
  /** A question of this execution waits for a person. */
  readonly waiting: boolean;
  /** How often its worker went away before it ended: it is idempotent and was run again. */
  readonly workersGone: number;
  /** How far it is, oldest first. */
  readonly progress: readonly Progress[];
}

export const MAX_VALUE_CHARACTERS = 200_000;

/** What names an execution in lists: the first line of its code. */
export function titleOf(code: string): string {
  return code.trimStart().split('\n', 1)[0]?.trimEnd().slice(0, 200) ?? '';
}

export function hasEnded(execution: Execution): boolean {
  return execution.phase.status !== 'queued' && execution.phase.status !== 'running';
}
