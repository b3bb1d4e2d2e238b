import type { KnownVariable } from '../../client/namespaces.ts';
import type { VariableRow } from './rows.ts';

/** Rows of variables that are shown before somebody asks for more. */
const PAGE = 500;

/** What has to be drawn again. */
export interface Redraw {
  /** The list itself: rows came, went or changed places. */
  readonly order: boolean;
  /** Rows of the list that say something else. */
  readonly rows: readonly VariableRow[];
  /** Rows whose values are others: what is below them is out of date. */
  readonly values: readonly VariableRow[];
}

/** The rows of one session's variables, kept the same objects as long as the variables are there. */
export class Listing {
  readonly #sessionId: string;
  #byName = new Map<string, VariableRow>();
  #byId = new Map<string, VariableRow>();
  #arranged: readonly VariableRow[] = [];
  #limit = PAGE;
  #ids = 0;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  /** The rows that are shown now. */
  get rows(): readonly VariableRow[] {
    return this.#arranged.slice(0, this.#limit);
  }

  /** Variables to show, drawn yet or not. */
  get size(): number {
    return this.#arranged.length;
  }

  row(id: string): VariableRow | undefined {
    return this.#byId.get(id);
  }

  showMore(): void {
    this.#limit += PAGE;
  }

  /** Takes over variables in a new order. */
  update(variables: readonly KnownVariable[]): Redraw {
    const before = this.rows;
    const changed: VariableRow[] = [];
    const values: VariableRow[] = [];
    const byName = new Map<string, VariableRow>();
    const arranged = variables.map((known) => {
      const row = this.#byName.get(known.variable.name) ?? this.#make(known);
      if (row.known !== known) {
        if (row.known.changedAt !== known.changedAt) values.push(row);
        row.known = known;
        changed.push(row);
      }
      byName.set(row.name, row);
      return row;
    });
    this.#byName = byName;
    this.#byId = new Map(arranged.map((row) => [row.id, row]));
    this.#arranged = arranged;
    const now = this.rows;
    const shown = new Set(now);
    const order = now.length !== before.length || now.some((row, index) => row !== before[index]);
    return { order, rows: changed.filter((row) => shown.has(row)), values };
  }

  #make(known: KnownVariable): VariableRow {
    const { name } = known.variable;
    return {
      kind: 'variable',
      // Numbered, so that no text of a program is part of an identity.
      id: `${this.#sessionId}/${++this.#ids}`,
      sessionId: this.#sessionId,
      name,
      target: { expression: name, path: [] },
      expression: name,
      known,
    };
  }
}
