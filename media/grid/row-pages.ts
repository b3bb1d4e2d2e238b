import type { ReadRows, ToGrid } from '../grid-protocol.ts';

export type Rows = Extract<ToGrid, { type: 'rows' }>;
export type Row = Rows['rows'][number];
export type GridView = Pick<ReadRows, 'firstColumn' | 'columns' | 'sort' | 'filters'>;

export const PAGE_ROWS = 100;
/** Pages that are kept: what was asked for longest ago goes first. */
const MAX_PAGES = 50;

/** The rows that the page has, and the requests for those that it needs. One is under way at a time; only the newest wish waits. */
export class RowPages {
  readonly #post: (message: ReadRows) => void;
  readonly #pages = new Map<number, readonly Row[]>();
  #view: GridView;
  #request = 0;
  #asked: { readonly request: number; readonly page: number } | undefined;
  #wanted: number[] = [];

  constructor(view: GridView, post: (message: ReadRows) => void) {
    this.#view = view;
    this.#post = post;
  }

  /** Forgets all rows. An answer to a question of before is not taken. */
  reset(view: GridView): void {
    this.#view = view;
    this.#pages.clear();
    this.#asked = undefined;
    this.#wanted = [];
  }

  get(row: number): Row | undefined {
    return this.#pages.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS];
  }

  /** Asks for what is missing of these rows. */
  want(first: number, count: number): void {
    const last = Math.floor((first + Math.max(1, count) - 1) / PAGE_ROWS);
    this.#wanted = [];
    for (let page = Math.floor(first / PAGE_ROWS); page <= last; page++) {
      if (!this.#pages.has(page)) this.#wanted.push(page);
    }
    this.#ask();
  }

  /** @returns whether the answer is one to the newest question. */
  receive(rows: Rows): boolean {
    if (rows.request !== this.#asked?.request) return false;
    this.#pages.set(this.#asked.page, rows.rows);
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES) break;
      this.#pages.delete(page);
    }
    this.#asked = undefined;
    this.#wanted = this.#wanted.filter((page) => !this.#pages.has(page));
    this.#ask();
    return true;
  }

  /** The question was refused: nothing more is asked until somebody wants something. */
  refuse(request: number): boolean {
    if (request !== this.#asked?.request) return false;
    this.#asked = undefined;
    this.#wanted = [];
    return true;
  }

  #ask(): void {
    const [page] = this.#wanted;
    if (this.#asked || page === undefined) return;
    this.#asked = { request: ++this.#request, page };
    this.#post({ type: 'read', request: this.#request, start: page * PAGE_ROWS, count: PAGE_ROWS, ...this.#view });
  }
}
