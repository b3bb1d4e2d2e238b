import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { onGridMessage, postGrid } from '../grid/bridge.ts';
import { cellText, columnWidth } from '../grid/cells.ts';
import { parseFilter } from '../grid/filter-text.ts';
import { type GridView, type Row, RowPages, type Rows } from '../grid/row-pages.ts';
import { ROW_HEIGHT, rowWindow, scrollHeight, scrollTopOf } from '../grid/row-window.ts';
import { contains, type Place, type Selection, selectedText } from '../grid/selection.ts';
import type { GridWords, ToGrid } from '../grid-protocol.ts';
import styles from './data-grid.css';

/** Columns that are shown at once. */
const COLUMNS = 100;
const FIRST_VIEW: GridView = { firstColumn: 0, columns: COLUMNS, sort: null, filters: [] };

/** A table of the session: the rows in view are asked for as they come into view, sorted and filtered by the session. */
export class DataGrid extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = {
    words: { state: true },
    name: { state: true },
    head: { state: true },
    view: { state: true },
    written: { state: true },
    problem: { state: true },
    scrolled: { state: true },
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
  declare scrolled: { readonly top: number; readonly height: number };
  declare selection: Selection;
  /** Counts answers, so that rows are drawn when they come. */
  declare loaded: number;
  readonly #pages = new RowPages(FIRST_VIEW, postGrid);
  readonly #resized = new ResizeObserver(() => this.#look());

  constructor() {
    super();
    this.name = '';
    this.view = FIRST_VIEW;
    this.written = new Map();
    this.scrolled = { top: 0, height: 0 };
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
    const scroller = this.renderRoot.querySelector('.scroller');
    if (scroller) this.#resized.observe(scroller);
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
      ${this.#button('export', words.exportCsv, () => postGrid({ type: 'export' }))}
    </div>`;
  }

  #grid(words: GridWords, { columns, matchingRows, totalColumns }: Omit<Rows, 'rows' | 'request'>): TemplateResult {
    const { first, count, top } = rowWindow(matchingRows, this.scrolled.top, this.scrolled.height);
    const rows = Array.from({ length: count }, (_, index) => first + index);
    const widths = columns.map((column, index) =>
      columnWidth(
        column,
        rows.map((row) => this.#pages.get(row)?.[index + 1] ?? null),
      ),
    );
    const label = columnWidth(
      { name: words.index, kind: 'other', type: '' },
      rows.map((row) => this.#pages.get(row)?.[0] ?? null),
    );
    const template = [label, ...widths].map((width) => `${width}ch`).join(' ');
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
      @scroll=${this.#look}
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

  #columnHeader(words: GridWords, { name, type }: Rows['columns'][number], index: number): TemplateResult {
    const column = this.view.firstColumn + index;
    const { sort } = this.view;
    const order = sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : 'none';
    return html`<div role="columnheader" aria-sort=${order} title=${`${name}: ${type}`}>
      <button tabindex="-1" @click=${() => this.#sort(column)}>
        <span class="name">${name}</span><span class="order">${{ none: '', ascending: '▲', descending: '▼' }[order]}</span>
        <span class="type">${type}</span>
      </button>
      <input
        type="text"
        spellcheck="false"
        aria-label=${words.filter.replace('{0}', name)}
        title=${words.filterHint}
        .value=${this.written.get(column) ?? ''}
        @change=${(event: Event) => this.#filter(column, (event.currentTarget as HTMLInputElement).value)}
        @keydown=${(event: Event) => event.stopPropagation()}
      >
    </div>`;
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
    const { first, count } = rowWindow(this.head?.matchingRows ?? 1, this.scrolled.top, this.scrolled.height);
    this.#pages.want(first, Math.max(1, count));
  }

  #look(): void {
    const scroller = this.renderRoot.querySelector('.scroller');
    if (!scroller) return;
    const head = this.renderRoot.querySelector('.head')?.clientHeight ?? 0;
    const height = scroller.clientHeight - head;
    if (this.scrolled.top !== scroller.scrollTop || this.scrolled.height !== height) {
      this.scrolled = { top: scroller.scrollTop, height };
    }
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

  #filter(column: number, text: string): void {
    this.#setFilters(new Map(this.written).set(column, text));
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

  #keyDown(event: KeyboardEvent): void {
    const { head, selection } = this;
    if (!head || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      postGrid({ type: 'copy', text: selectedText(selection, (row) => this.#pages.get(row)?.slice(1)) });
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor(this.scrolled.height / ROW_HEIGHT) - 1);
    const far = event.ctrlKey || event.metaKey;
    const step = {
      ArrowUp: [far ? -Infinity : -1, 0],
      ArrowDown: [far ? Infinity : 1, 0],
      ArrowLeft: [0, far ? -Infinity : -1],
      ArrowRight: [0, far ? Infinity : 1],
      PageUp: [-page, 0],
      PageDown: [page, 0],
      Home: [far ? -Infinity : 0, -Infinity],
      End: [far ? Infinity : 0, Infinity],
    }[event.key];
    if (!step) return;
    const [rows = 0, columns = 0] = step;
    const bounded = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
    const row = bounded(selection.focus.row + rows, head.matchingRows);
    this.#select({ row, column: bounded(selection.focus.column + columns, head.columns.length) }, event.shiftKey);
    this.#show(row);
    event.preventDefault();
  }

  #show(row: number): void {
    const scroller = this.renderRoot.querySelector('.scroller');
    if (scroller)
      scroller.scrollTop = scrollTopOf(row, this.head?.matchingRows ?? 0, this.scrolled.top, this.scrolled.height);
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
