import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { onGridMessage, postGrid } from '../grid/bridge.ts';
import { cellText } from '../grid/cells.ts';
import { columnHeader } from '../grid/column-header.ts';
import { ColumnWidths } from '../grid/column-widths.ts';
import { parseFilter } from '../grid/filter-text.ts';
import { moved, stepOf } from '../grid/grid-keys.ts';
import { type GridView, type Row, RowPages, type Rows } from '../grid/row-pages.ts';
import { RowScroller } from '../grid/row-scroller.ts';
import { ROW_HEIGHT, scrollHeight } from '../grid/row-window.ts';
import { contains, type Place, type Selection, selectedText } from '../grid/selection.ts';
import type { GridWords, ToGrid } from '../grid-protocol.ts';
import styles from './data-grid.css';
import grid from './grid.css';

/** Columns that are shown at once. */
const COLUMNS = 100;
const FIRST_VIEW: GridView = { firstColumn: 0, columns: COLUMNS, sort: null, filters: [] };

/** A table of the session: the rows in view are asked for as they come into view, sorted and filtered by the session. */
export class DataGrid extends LitElement {
  static override styles = [unsafeCSS(grid), unsafeCSS(styles)];
  static override properties = {
    words: { state: true },
    name: { state: true },
    head: { state: true },
    view: { state: true },
    written: { state: true },
    problem: { state: true },
    selection: { state: true },
    loaded: { state: true },
  };

  declare words: GridWords | undefined;
  declare name: string;
  /** The newest answer: columns and numbers of rows. */
  declare head: Omit<Rows, 'rows' | 'request'> | undefined;
  declare view: GridView;
  /** What stands in the filters, by column. */
  declare written: ReadonlyMap<number, string>;
  declare problem: string | undefined;
  declare selection: Selection;
  /** Counts answers, so that rows are drawn when they come. */
  declare loaded: number;
  readonly #pages = new RowPages(FIRST_VIEW, postGrid);
  readonly #scroller = new RowScroller(this);
  readonly #widths = new ColumnWidths();

  constructor() {
    super();
    this.name = '';
    this.view = FIRST_VIEW;
    this.written = new Map();
    this.selection = { anchor: { row: 0, column: 0 }, focus: { row: 0, column: 0 } };
    this.loaded = 0;
    onGridMessage((message) => this.#receive(message));
    postGrid({ type: 'ready' });
  }

  override render(): TemplateResult {
    const { words, head } = this;
    if (!words) return html``;
    return html`
      ${this.#toolbar(words)}
      ${this.problem === undefined ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
      ${head ? this.#grid(words, head) : html`<p class="note">${words.loading}</p>`}
    `;
  }

  override updated(): void {
    if (this.head) this.#want();
  }

  #toolbar(words: GridWords): TemplateResult {
    const { head, view } = this;
    const pages = head && head.totalColumns > COLUMNS;
    const shown = words.columnsShown
      .replace('{0}', (view.firstColumn + 1).toLocaleString())
      .replace('{1}', (view.firstColumn + (head?.columns.length ?? 0)).toLocaleString());
    return html`<div class="header">
      <code>${this.name}</code>
      <span class="size" role="status">${head ? size(words, head) : ''}</span>
      ${
        pages
          ? html`${this.#button('chevron-left', words.previousColumns, () => this.#moveColumns(-COLUMNS))}
            <span class="size">${shown}</span>
            ${this.#button('chevron-right', words.nextColumns, () => this.#moveColumns(COLUMNS))}`
          : nothing
      }
      <span class="space"></span>
      ${view.filters.length > 0 ? this.#button('clear-all', words.clearFilters, () => this.#setFilters(new Map())) : nothing}
      ${this.#button('refresh', words.refresh, () => this.#reload())}
      ${this.#button('export', words.exportCsv, () => this.#export())}
    </div>`;
  }

  #grid(words: GridWords, { columns, matchingRows, totalColumns }: Omit<Rows, 'rows' | 'request'>): TemplateResult {
    const { first, count, top } = this.#scroller.window(matchingRows);
    const rows = Array.from({ length: count }, (_, index) => first + index);
    const template = this.#widths.template(
      words.index,
      columns,
      this.view.firstColumn,
      rows.map((row) => this.#pages.get(row)),
    );
    const { focus } = this.selection;
    return html`<div
      class="scroller"
      role="grid"
      tabindex="0"
      aria-label=${this.name}
      aria-rowcount=${matchingRows + 1}
      aria-colcount=${totalColumns + 1}
      aria-multiselectable="true"
      aria-activedescendant=${`cell-${focus.row}-${focus.column}`}
      @scroll=${this.#scroller.look}
      @keydown=${this.#keyDown}
    >
      <div class="head" role="row" aria-rowindex="1" .style=${`grid-template-columns: ${template}`}>
        <div role="columnheader" class="label">${words.index}</div>
        ${columns.map((column, index) => this.#columnHeader(words, column, index))}
      </div>
      <div class="all" role="presentation" .style=${`height: ${scrollHeight(matchingRows)}px`}>
        <div class="rows" role="rowgroup" .style=${`transform: translateY(${top}px)`}>
          ${repeat(
            rows,
            (row) => row,
            (row) => this.#row(row, this.#pages.get(row), columns, template),
          )}
        </div>
      </div>
    </div>`;
  }

  #columnHeader(words: GridWords, shown: Rows['columns'][number], index: number): TemplateResult {
    const column = this.view.firstColumn + index;
    const { sort } = this.view;
    return columnHeader({
      column: shown,
      order: sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : 'none',
      filter: this.written.get(column) ?? '',
      words,
      sort: () => this.#sort(column),
      setFilter: (text) => this.#setFilters(new Map(this.written).set(column, text)),
      resize: (pixels) => this.#resize(column, pixels),
    });
  }

  #row(row: number, cells: Row | undefined, columns: Rows['columns'], template: string): TemplateResult {
    const from = this.view.firstColumn;
    return html`<div
      role="row"
      class=${row % 2 === 1 ? 'odd' : ''}
      aria-rowindex=${row + 2}
      .style=${`grid-template-columns: ${template}; height: ${ROW_HEIGHT}px`}
    >
      <div role="rowheader" class="label">${cellText(cells?.[0] ?? null)}</div>
      ${columns.map(({ kind }, index) => {
        const place = { row, column: index };
        const value = cells?.[index + 1];
        const classes = [kind, value === null ? 'empty' : '', samePlace(place, this.selection.focus) ? 'focus' : ''];
        return html`<div
          role="gridcell"
          id=${`cell-${row}-${index}`}
          aria-colindex=${from + index + 2}
          aria-selected=${contains(this.selection, place)}
          class=${classes.join(' ')}
          @mousedown=${(event: MouseEvent) => this.#select(place, event.shiftKey)}
          @mouseover=${(event: MouseEvent) => event.buttons === 1 && this.#select(place, true)}
        >${value === undefined ? '' : cellText(value)}</div>`;
      })}
    </div>`;
  }

  #button(icon: string, label: string, click: () => void): TemplateResult {
    return html`<vscode-toolbar-button icon=${icon} label=${label} title=${label} @click=${click}></vscode-toolbar-button>`;
  }

  #receive(message: ToGrid): void {
    switch (message.type) {
      case 'reset':
        this.words = message.words;
        this.name = message.name;
        this.#reload();
        return;
      case 'rows': {
        if (!this.#pages.receive(message)) return;
        const { columns, totalColumns, totalRows, matchingRows } = message;
        this.head = { type: 'rows', columns, totalColumns, totalRows, matchingRows };
        this.problem = undefined;
        this.loaded += 1;
        return;
      }
      case 'refused':
        if (this.#pages.refuse(message.request)) this.problem = message.message;
        return;
      case 'changed':
        this.#reload();
    }
  }

  /** Asks again for what is in view; what is shown stays until the answer comes. */
  #reload(): void {
    this.#pages.reset(this.view);
    this.#want();
  }

  #want(): void {
    if (this.problem !== undefined && this.head) {
      // Refused while it shows older rows: asked again when something changes.
      if (this.#pages.get(0) !== undefined) return;
    }
    const { first, count } = this.#scroller.window(this.head?.matchingRows ?? 1);
    this.#pages.want(first, Math.max(1, count));
  }

  #export(): void {
    const { sort, filters } = this.view;
    postGrid({ type: 'export', sort, filters });
  }

  #setView(view: GridView): void {
    this.view = view;
    this.problem = undefined;
    this.#reload();
  }

  #sort(column: number): void {
    const { sort } = this.view;
    const next =
      sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true };
    this.#setView({ ...this.view, sort: next });
  }

  #setFilters(written: ReadonlyMap<number, string>): void {
    this.written = written;
    const filters = [...written].flatMap(([column, text]) => parseFilter(column, text) ?? []).slice(0, 32);
    this.#setView({ ...this.view, filters });
  }

  #moveColumns(by: number): void {
    const firstColumn = this.view.firstColumn + by;
    if (firstColumn < 0 || firstColumn >= (this.head?.totalColumns ?? 0)) return;
    this.#setView({ ...this.view, firstColumn });
  }

  #select(focus: Place, extend: boolean): void {
    this.selection = { anchor: extend ? this.selection.anchor : focus, focus };
  }

  #resize(column: number, pixels: number | undefined): void {
    if (pixels === undefined) this.#widths.reset(column);
    else this.#widths.set(column, pixels);
    this.requestUpdate();
  }

  #keyDown(event: KeyboardEvent): void {
    // Keys in a filter are its own; they must get through to VS Code, which has shortcuts.
    if (event.composedPath()[0] instanceof HTMLInputElement) return;
    if (this.#moves(event)) event.preventDefault();
  }

  /** @returns whether the key is one of the grid's. */
  #moves(event: KeyboardEvent): boolean {
    const { head, selection } = this;
    if (!head) return false;
    if (event.altKey) return this.#resizesBy(event);
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      postGrid({ type: 'copy', text: selectedText(selection, (row) => this.#pages.get(row)?.slice(1)) });
      return true;
    }
    const step = stepOf(event, Math.max(1, Math.floor(this.#scroller.height / ROW_HEIGHT) - 1));
    if (!step) return false;
    const place = moved(selection.focus, step, { rows: head.matchingRows, columns: head.columns.length });
    this.#select(place, event.shiftKey);
    this.#scroller.show(place.row, head.matchingRows);
    return true;
  }

  /** Alt+Shift with an arrow makes the column of the cell wider or narrower. */
  #resizesBy({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    const arrow = key === 'ArrowRight' || key === 'ArrowLeft';
    if (!arrow || !shiftKey || ctrlKey || metaKey) return false;
    const { column } = this.selection.focus;
    const shown = this.renderRoot.querySelectorAll<HTMLElement>('[role="columnheader"]')[column + 1];
    if (!shown) return false;
    this.#widths.step(this.view.firstColumn + column, shown.offsetWidth, key === 'ArrowRight');
    this.requestUpdate();
    return true;
  }
}

function samePlace(one: Place, other: Place): boolean {
  return one.row === other.row && one.column === other.column;
}

function size(words: GridWords, { totalRows, matchingRows, totalColumns }: Omit<Rows, 'rows' | 'request'>): string {
  const numbers = [matchingRows, totalRows, totalColumns].map((number) => number.toLocaleString());
  if (matchingRows === totalRows) return words.size.replace('{0}', numbers[1] ?? '').replace('{1}', numbers[2] ?? '');
  return words.filtered.replace(/\{(\d)\}/g, (_, index) => numbers[Number(index)] ?? '');
}

customElements.define('holdfast-grid', DataGrid);
