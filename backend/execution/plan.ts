import type { BackendSettings } from '../protocol/client/index.ts';
import type { Dialect, ErrorReport, Mode, ThreadUse } from '../protocol/values.ts';
import type { Language } from '../workers/language.ts';
import { readDirectives } from './directives.ts';
import type { Router } from './router.ts';

/** How a cell is to be run: what an `execute` message says beside the cell itself. */
export interface Plan {
  readonly mode: Mode | null;
  readonly thread: ThreadUse;
  readonly autoreload: boolean;
}

/** What a plan is made from. */
export interface Planned {
  readonly code: string;
  readonly dialect: Dialect;
  readonly language: Language;
  /** Of the session's worker. */
  readonly router: Router;
  readonly settings: BackendSettings;
}

/** @returns the plan, or what is wrong with the cell's directives. */
export function planCell({ code, dialect, language, router, settings }: Planned): Plan | ErrorReport {
  const { mode, thread, unknown } = readDirectives(code, language);
  const prefix = `${language.commentPrefix} holdfast:`;
  if (unknown.length > 0) {
    return wrongDirective(
      `"${prefix} ${unknown.join(', ')}" is not known. Write ${DIRECTIVES.join(', ')}, or delete the line.`,
    );
  }
  if (thread === 'always' && !language.hasThread) {
    return wrongDirective(
      `"${prefix} thread" has no meaning in ${language.label}, whose cells have one thread. Delete it.`,
    );
  }
  const { blockingCells, autoreload } = settings.python;
  return {
    // Found in any case: later cells may use the names that this one makes.
    mode: modeFound(router.modeOf(code, dialect), mode, language),
    thread: thread ?? (blockingCells === 'thread' ? 'blocking' : 'never'),
    autoreload,
  };
}

/** Python's worker finds the mode of its cells itself. */
function modeFound(found: Mode, directed: Mode | null, { routedInWorker }: Language): Mode | null {
  return directed ?? (routedInWorker ? null : found);
}

const DIRECTIVES = ['thread', 'main', 'idempotent', 'a mode such as blocking_sync'];

function wrongDirective(message: string): ErrorReport {
  return { name: 'DirectiveError', message, frames: [], traceback: `DirectiveError: ${message}\n`, notes: [] };
}
