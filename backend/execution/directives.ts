import { Mode } from '../protocol/values.ts';
import type { Language } from '../workers/language.ts';

/** What a cell says of itself in comments at its head: `# holdfast: thread`, `// holdfast: idempotent, simple_sync`. */
export interface Directives {
  /** How to run and report it whatever its code looks like; null: to be found out. */
  readonly mode: Mode | null;
  /** `thread`: on the session's executor thread. `main`: not there. Null: as the settings say. */
  readonly thread: 'always' | 'never' | null;
  /** It may run again after a crash. */
  readonly idempotent: boolean;
  /** Words that mean nothing, for a warning: at most 10, of at most 50 characters. */
  readonly unknown: readonly string[];
}

const MAX_UNKNOWN = 10;
const MAX_WORD = 50;
/** A head of comments that is longer is prose. */
const MAX_LINES = 100;

/** Reads the directives among the comments and blank lines that a cell begins with. Of two that disagree the later one counts. */
export function readDirectives(code: string, { commentPrefix }: Pick<Language, 'commentPrefix'>): Directives {
  let mode: Mode | null = null;
  let thread: Directives['thread'] = null;
  let idempotent = false;
  const unknown = new Set<string>();
  for (const word of wordsOf(code, commentPrefix)) {
    const named = Mode.safeParse(word);
    if (named.success) mode = named.data;
    else if (word === 'thread') thread = 'always';
    else if (word === 'main') thread = 'never';
    else if (word === 'idempotent') idempotent = true;
    else if (unknown.size < MAX_UNKNOWN) unknown.add(word.slice(0, MAX_WORD));
  }
  return { mode, thread, idempotent, unknown: [...unknown] };
}

function* wordsOf(code: string, prefix: string): Generator<string> {
  let start = code.startsWith('\ufeff') ? 1 : 0;
  for (let count = 0; count < MAX_LINES && start < code.length; count++) {
    const end = lineEnd(code, start);
    const line = code.slice(start, end).trim();
    start = end + 1;
    if (line === '' || (count === 0 && line.startsWith('#!'))) continue;
    if (!line.startsWith(prefix)) return;
    const [, words] = /^holdfast\s*:(.*)$/.exec(line.slice(prefix.length).trim()) ?? [];
    if (words !== undefined) yield* words.split(/[\s,]+/).filter((word) => word !== '');
  }
}

function lineEnd(code: string, start: number): number {
  const end = code.indexOf('\n', start);
  return end === -1 ? code.length : end;
}
