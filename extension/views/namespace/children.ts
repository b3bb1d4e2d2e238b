import * as vscode from 'vscode';
import { HoldfastError } from '../../../backend/protocol/errors.ts';
import type { Child } from '../../../backend/protocol/inspection.ts';
import type { InspectedValue, Values } from '../../client/values.ts';
import { visible } from '../../inline/visible.ts';
import type { ChildRow, MoreRow, NamespaceRow, NoteRow, ValueRow } from './rows.ts';

/** Children that are asked for at a time. */
const PAGE = 100;
/** A session that can look answers within a few milliseconds; one that cannot is asked again when it is idle. */
const PATIENCE_MS = 2000;

interface Page {
  readonly parent: ValueRow;
  readonly rows: ChildRow[];
  total: number;
  /** In the place of rows that could not be read. */
  note: NoteRow | null;
}

/** What is below values, as far as somebody has opened them. */
export class Children {
  readonly #values: Values;
  readonly #pages = new Map<string, Page>();

  constructor(values: Values) {
    this.#values = values;
  }

  /** The rows below a value: those that are known, or the first page. */
  async of(parent: ValueRow): Promise<NamespaceRow[]> {
    const known = this.#pages.get(parent.id);
    return known ? withEnd(parent, known) : this.more(parent);
  }

  /** The row whose children are known by that id. */
  parent(id: string): ValueRow | undefined {
    return this.#pages.get(id)?.parent;
  }

  /** Reads one page more. */
  async more(parent: ValueRow): Promise<NamespaceRow[]> {
    const { id, sessionId, target } = parent;
    const page = this.#pages.get(id) ?? { parent, rows: [], total: 0, note: null };
    this.#pages.set(id, page);
    const start = page.rows.length;
    try {
      const answer = await this.#values.inspect({ sessionId, target, start, count: PAGE }, { deadline: PATIENCE_MS });
      // Two that asked at once have the same page.
      if (page.rows.length === start) page.rows.push(...rowsOf(parent, answer, start));
      page.total = answer.children.length === 0 ? page.rows.length : answer.total;
      page.note = noteOn(parent, answer);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      page.note = problem(parent, error);
    }
    return withEnd(parent, page);
  }

  /** Forgets what is below a row: its value has changed, or it was closed. */
  forget(rowId: string): void {
    const prefix = `${rowId}/`;
    for (const id of this.#pages.keys()) if (id === rowId || id.startsWith(prefix)) this.#pages.delete(id);
  }

  /** Forgets what could not be read. @returns the rows to open again. */
  forgetProblems(sessionId: string): ValueRow[] {
    const failed = [...this.#pages.values()].filter(({ parent, note }) => parent.sessionId === sessionId && note);
    for (const { parent } of failed) this.#pages.delete(parent.id);
    return failed.map(({ parent }) => parent);
  }
}

function rowsOf(parent: ValueRow, { children }: InspectedValue, start: number): ChildRow[] {
  return children.map((child, index) => ({
    kind: 'child',
    id: `${parent.id}/${start + index}`,
    sessionId: parent.sessionId,
    target: { expression: parent.target.expression, path: [...parent.target.path, start + index] },
    expression: expressionOf(parent, child),
    child,
  }));
}

function expressionOf({ expression }: ValueRow, { accessor }: Child): string | null {
  return expression === null || accessor === null ? null : expression + accessor;
}

function withEnd(parent: ValueRow, { rows, total, note }: Page): NamespaceRow[] {
  if (note) return [...rows, note];
  const more: MoreRow = { kind: 'more', id: `${parent.id}/more`, parent, rest: total - rows.length };
  return more.rest > 0 ? [...rows, more] : rows;
}

function noteOn({ id }: ValueRow, { value, total, children }: InspectedValue): NoteRow | null {
  const { t } = vscode.l10n;
  if (value === null) return { kind: 'note', id: `${id}/note`, text: t('It is not there any more.'), icon: 'info' };
  if (total === 0 && children.length === 0)
    return { kind: 'note', id: `${id}/note`, text: t('There is nothing in it.'), icon: 'info' };
  return null;
}

function problem({ id }: ValueRow, error: HoldfastError): NoteRow {
  const text =
    error.code === 'timeout'
      ? vscode.l10n.t('The session is busy and cannot look. It is read when the session is idle.')
      : visible(error.message);
  return { kind: 'note', id: `${id}/note`, text, icon: error.code === 'timeout' ? 'watch' : 'warning' };
}
