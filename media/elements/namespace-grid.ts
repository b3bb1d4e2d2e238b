import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { onMessage, post } from '../bridge.ts';
import { type Order as ColumnOrder, orderMark } from '../grid/column-header.ts';
import { RowScroller } from '../grid/row-scroller.ts';
import { ROW_HEIGHT, scrollHeight } from '../grid/row-window.ts';
import {
  type Below,
  type ChildrenMessage,
  type GridRow,
  gridRows,
  keyOf,
  type Order,
  type SortKey,
} from '../namespace/rows.ts';
import type { NamespacePart, ValueTarget } from '../protocol.ts';
import type { PageWords } from '../words.ts';
import grid from './grid.css';
import styles from './namespace-grid.css';

const COLUMNS: readonly SortKey[] = ['name', 'type', 'size', 'value'];

/** The variables of a session as a grid: sorted, filtered, with what is below them. */
export class NamespaceGrid extends LitElement {
  static override styles = [unsafeCSS(grid), unsafeCSS(styles)];
  static override properties = {
    namespaces: { attribute: false },
    words: { attribute: false },
    sessionId: { state: true },
    filter: { state: true },
    order: { state: true },
    below: { state: true },
    current: { state: true },
  };

  declare namespaces: readonly NamespacePart[];
  declare words: PageWords;
  declare sessionId: string | undefined;
  declare filter: string;
  declare order: Order | null;
  /** What is open, by the key of its row. */
  declare below: ReadonlyMap<string, Below | 'asked'>;
  declare current: number;
  readonly #scroller = new RowScroller(this);

  constructor() {
    super();
    this.filter = '';
    this.order = null;
    this.below = new Map();
    this.current = 0;
    onMessage((message) => message.type === 'children' && this.#receive(message));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    post({ type: 'show_namespace', shown: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    post({ type: 'show_namespace', shown: false });
  }

  override willUpdate(changed: PropertyValues<this>): void {
    // What is open is asked for again: it may be something else now.
    if (changed.has('namespaces') && changed.get('namespaces') !== undefined) this.#askAgain();
  }

  override render(): TemplateResult {
    const { words, namespaces } = this;
    const part = this.#part();
    if (!part) return html`<p class="note">${words.noVariables}</p>`;
    const hidden = part.total - part.variables.length;
    return html`
      <div class="header">
        ${
          namespaces.length > 1
            ? html`<select aria-label=${words.session} @change=${this.#selectSession}>
              ${namespaces.map(({ sessionId, name }) => html`<option value=${sessionId} ?selected=${sessionId === part.sessionId}>${name}</option>`)}
            </select>`
            : html`<span>${part.name}</span>`
        }
        <input
          type="text"
          spellcheck="false"
          placeholder=${words.filter}
          aria-label=${words.filter}
          .value=${this.filter}
          @input=${(event: Event) => {
            this.filter = (event.currentTarget as HTMLInputElement).value;
          }}
        >
        <span class="note" role="status">${part.busy ? words.running : ''}${hidden > 0 ? ` ${words.more.replace('{0}', hidden.toLocaleString())}` : ''}</span>
      </div>
      ${this.#grid(part)}
    `;
  }

  #grid(part: NamespacePart): TemplateResult {
    const all = this.#rows(part);
    if (all.length === 0) return html`<p class="note">${this.words.noVariables}</p>`;
    const { first, count, top } = this.#scroller.window(all.length);
    const current = Math.min(this.current, all.length - 1);
    return html`<div
      class="scroller"
      role="treegrid"
      tabindex="0"
      aria-label=${this.words.namespace}
      aria-rowcount=${all.length + 1}
      aria-colcount=${COLUMNS.length}
      aria-activedescendant=${`row-${current}`}
      @scroll=${this.#scroller.look}
      @keydown=${(event: KeyboardEvent) => this.#keyDown(event, all, current)}
    >
      <div class="head" role="row" aria-rowindex="1">${COLUMNS.map((key) => this.#header(key))}</div>
      <div class="all" role="presentation" .style=${`height: ${scrollHeight(all.length)}px`}>
        <div class="rows" role="rowgroup" .style=${`transform: translateY(${top}px)`}>
          ${repeat(
            all.slice(first, first + count),
            ({ key }) => key,
            (row, index) => this.#row(row, first + index, first + index === current),
          )}
        </div>
      </div>
    </div>`;
  }

  #header(key: SortKey): TemplateResult {
    const order: ColumnOrder = this.order?.key === key ? (this.order.descending ? 'descending' : 'ascending') : 'none';
    return html`<div role="columnheader" aria-sort=${order}>
      <button tabindex="-1" @click=${() => this.#sort(key)}>
        ${this.words[key]} <span class="order">${orderMark(order)}</span>
      </button>
    </div>`;
  }

  #row(row: GridRow, index: number, current: boolean): TemplateResult {
    const select = () => {
      this.current = index;
    };
    const attributes = {
      id: `row-${index}`,
      classes: `row ${current ? 'current' : ''} ${index % 2 === 1 ? 'odd' : ''}`,
    };
    const indent = `padding-left: ${4 + (row.level - 1) * 16}px`;
    if (row.kind !== 'value') {
      const text = row.kind === 'note' ? row.text : this.words.moreItems.replace('{0}', row.rest.toLocaleString());
      return html`<div role="row" id=${attributes.id} class=${attributes.classes} aria-level=${row.level} aria-rowindex=${index + 2} @click=${select}>
        <div role="gridcell" class="whole" .style=${indent} @click=${() => this.#activate(row)}>
          ${row.kind === 'more' ? html`<span class="link">${text}</span>` : html`<span class="note">${text}</span>`}
        </div>
      </div>`;
    }
    const { variable, open, target } = row;
    return html`<div
      role="row"
      id=${attributes.id}
      class=${attributes.classes}
      aria-level=${row.level}
      aria-rowindex=${index + 2}
      aria-selected=${current}
      aria-expanded=${variable.expandable ? open : nothing}
      @click=${select}
      @dblclick=${() => this.#activate(row)}
    >
      <div role="gridcell" class="name" .style=${indent}>
        ${
          variable.expandable
            ? html`<vscode-icon name=${open ? 'chevron-down' : 'chevron-right'} title=${open ? this.words.collapse : this.words.expand} @click=${() => this.#toggle(target)}></vscode-icon>`
            : html`<span class="space"></span>`
        }<span>${variable.name}</span>
      </div>
      <div role="gridcell" class="type">${variable.type}</div>
      <div role="gridcell" class="size">${variable.shape?.join(' × ') ?? variable.length?.toLocaleString() ?? ''}</div>
      <div role="gridcell" class="preview">
        <span>${variable.preview}</span>
        ${
          variable.tabular && this.#part()
            ? html`<vscode-toolbar-button icon="table" label=${this.words.openGrid} title=${this.words.openGrid} @click=${() => this.#openGrid(target)}></vscode-toolbar-button>`
            : nothing
        }
      </div>
    </div>`;
  }

  #part(): NamespacePart | undefined {
    return this.namespaces.find(({ sessionId }) => sessionId === this.sessionId) ?? this.namespaces.at(-1);
  }

  #rows({ variables }: NamespacePart): GridRow[] {
    const { filter, order, below } = this;
    return gridRows(variables, { filter, order, below });
  }

  #selectSession(event: Event): void {
    this.sessionId = (event.currentTarget as HTMLSelectElement).value;
    this.below = new Map();
    this.current = 0;
  }

  #sort(key: SortKey): void {
    const { order } = this;
    this.order = order?.key !== key ? { key, descending: false } : order.descending ? null : { key, descending: true };
  }

  #activate(row: GridRow): void {
    if (row.kind === 'more') this.#ask(row.target, this.#childrenOf(row.target)?.children.length ?? 0);
    else if (row.kind === 'value' && row.variable.tabular) this.#openGrid(row.target);
    else if (row.kind === 'value' && row.variable.expandable) this.#toggle(row.target);
  }

  #openGrid(target: ValueTarget): void {
    const part = this.#part();
    if (part) post({ type: 'open_grid', sessionId: part.sessionId, target });
  }

  #toggle(target: ValueTarget): void {
    const key = keyOf(target);
    if (this.below.has(key)) {
      // What is below is closed with it.
      const inside = `${key.slice(0, -1)},`;
      this.below = new Map([...this.below].filter(([other]) => other !== key && !other.startsWith(inside)));
    } else {
      this.below = new Map(this.below).set(key, 'asked');
      this.#ask(target, 0);
    }
  }

  #ask(target: ValueTarget, start: number): void {
    const part = this.#part();
    if (part) post({ type: 'children', sessionId: part.sessionId, target, start });
  }

  #askAgain(): void {
    for (const key of this.below.keys()) {
      const [expression, ...path] = JSON.parse(key) as [string, ...number[]];
      this.#ask({ expression, path }, 0);
    }
  }

  #childrenOf(target: ValueTarget): Below | undefined {
    const known = this.below.get(keyOf(target));
    return known === 'asked' ? undefined : known;
  }

  #receive({ sessionId, target, start, children, total, problem }: ChildrenMessage): void {
    const key = keyOf(target);
    if (sessionId !== this.#part()?.sessionId || !this.below.has(key)) return;
    const before = this.#childrenOf(target)?.children ?? [];
    const all = start === 0 ? children : [...before.slice(0, start), ...children];
    // A value that says it has more than it lists has no more pages.
    const known = { children: all, total: children.length === 0 ? all.length : total, problem };
    this.below = new Map(this.below).set(key, known);
  }

  #keyDown(event: KeyboardEvent, rows: readonly GridRow[], current: number): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = rows[current];
    const page = Math.max(1, Math.floor(this.#scroller.height / ROW_HEIGHT) - 1);
    const moves = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -rows.length, End: rows.length };
    const move = moves[event.key as keyof typeof moves] as number | undefined;
    const isOpen = row?.kind === 'value' && row.open;
    if (move !== undefined) this.#moveTo(Math.max(0, Math.min(rows.length - 1, current + move)), rows.length);
    else if (event.key === 'Enter' && row) this.#activate(row);
    else if (event.key === 'ArrowRight' && row?.kind === 'value' && row.variable.expandable && !isOpen)
      this.#toggle(row.target);
    else if (event.key === 'ArrowLeft' && row?.kind === 'value' && isOpen) this.#toggle(row.target);
    else if (event.key === 'ArrowLeft' && row) {
      const parent = rows.findLastIndex(({ level }, index) => index < current && level < row.level);
      if (parent >= 0) this.#moveTo(parent, rows.length);
    } else return;
    event.preventDefault();
  }

  #moveTo(row: number, rows: number): void {
    this.current = row;
    this.#scroller.show(row, rows);
  }
}

customElements.define('holdfast-namespace', NamespaceGrid);
