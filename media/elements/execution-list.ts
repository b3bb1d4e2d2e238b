import type { LitVirtualizer } from '@lit-labs/virtualizer';
import '@lit-labs/virtualizer';
import { flow } from '@lit-labs/virtualizer/layouts/flow.js';
import type { RenderItemFunction } from '@lit-labs/virtualizer/virtualize.js';
import { html, LitElement, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import { post } from '../bridge.ts';
import { PersonScrolls } from '../list/person-scrolls.ts';
import type { ResultItem } from '../protocol.ts';
import type { Output } from '../results-model.ts';
import type { PageWords } from '../words.ts';
import './execution-item.ts';
import styles from './execution-list.css';

/** Nearer to the end than this, the list follows what is new. */
const FOLLOW_PIXELS = 40;
/** Frames in a row in which the end is looked for after something has changed. */
const SETTLING_FRAMES = 10;

/** The executions that are in view, oldest first. One of them can be reached with Tab, the others with the arrow keys. */
export class ExecutionList extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = {
    items: { attribute: false },
    outputs: { attribute: false },
    words: { attribute: false },
    query: { attribute: false },
    revealed: { state: true },
    current: { state: true },
    following: { state: true },
    place: { attribute: false },
  };

  declare items: readonly ResultItem[];
  declare outputs: ReadonlyMap<string, Output>;
  declare words: PageWords;
  declare query: string;
  declare revealed: string | undefined;
  declare current: string | undefined;
  declare following: boolean;
  /** The execution that is to be at the top until somebody scrolls; null for the newest. Told anew by the event `place`. */
  declare place: string | null;

  constructor() {
    super();
    this.revealed = undefined;
    this.current = undefined;
    this.following = true;
    this.place = null;
  }

  /** What `place` was at first, or what is revealed: at the top until somebody scrolls. */
  #kept: string | null = null;
  readonly #person = new PersonScrolls(this);
  /** Frames that are left to get to the end. */
  #settling = 0;
  readonly #sizes = new ResizeObserver(() => this.#settle());

  /** Brings an execution into view, where it stays until somebody scrolls, and marks it. */
  reveal(id: string): void {
    this.revealed = id;
    this.current = id;
    const index = this.items.findIndex((item) => item.id === id);
    // One that is not there comes now, as the newest.
    this.following = index === -1 || index === this.items.length - 1;
    this.#kept = this.following ? null : id;
    this.#setPlace(this.#kept);
  }

  override render(): TemplateResult {
    const last = this.items.length - 1;
    const top = this.items.findIndex(({ id }) => id === this.#kept);
    const pin = top >= 0 ? ({ index: top, block: 'start' } as const) : ({ index: last, block: 'end' } as const);
    const layout = (this.following || top >= 0) && last >= 0 ? flow({ pin }) : flow();
    return html`<lit-virtualizer
      role="list"
      aria-label=${this.words.results}
      scroller
      .items=${[...this.items]}
      .keyFunction=${keyOf}
      .renderItem=${this.#renderItem()}
      .layout=${layout}
      @scroll=${this.#scrolled}
      @keydown=${this.#keyDown}
      @unpinned=${this.#unpinned}
    ></lit-virtualizer>`;
  }

  override willUpdate(changed: PropertyValues): void {
    if (!this.hasUpdated) this.#kept = this.place;
    if (changed.has('items') && !this.items.some(({ id }) => id === this.current)) this.current = this.items.at(-1)?.id;
  }

  override updated(changed: PropertyValues): void {
    if (changed.size > 0) this.#settle();
  }

  /** A new function each time: the list draws its items again when it gets one. */
  #renderItem(): RenderItemFunction<ResultItem | undefined> {
    return (item, index) => (item ? this.#item(item, index) : html``);
  }

  #item(item: ResultItem, index: number): TemplateResult {
    const { outputs, words, query, revealed, current, items } = this;
    return html`<holdfast-execution
      role="listitem"
      aria-setsize=${items.length}
      aria-posinset=${index + 1}
      aria-label=${[words.statuses[item.status], item.place, item.by, item.title].filter(Boolean).join(' ')}
      tabindex=${item.id === current ? 0 : -1}
      data-id=${item.id}
      class=${item.id === revealed ? 'revealed' : ''}
      .item=${item}
      .output=${outputs.get(item.id)}
      .words=${words}
      .query=${query}
      @focusin=${() => {
        this.current = item.id;
      }}
    ></holdfast-execution>`;
  }

  get #virtualizer(): LitVirtualizer<ResultItem> | null {
    return this.renderRoot.querySelector<LitVirtualizer<ResultItem>>('lit-virtualizer');
  }

  #scrollTo(id: string): void {
    const index = this.items.findIndex((item) => item.id === id);
    this.#virtualizer?.element(index)?.scrollIntoView({ block: 'nearest' });
  }

  /** The list was scrolled, and not by itself. */
  #unpinned(): void {
    // A browser scrolls, too, when the list or what is in it gets another size.
    if (!this.#person.now && (this.#settling > 0 || this.#rest < FOLLOW_PIXELS)) {
      this.requestUpdate();
      return;
    }
    this.following = false;
    this.#kept = null;
  }

  /** What is to be in view is not where it is to be, and there is room to scroll. */
  #isElsewhere(): boolean {
    if (this.#rest <= 1) return false;
    if (this.#kept === null) return this.following;
    const kept = this.renderRoot.querySelector(`[data-id="${CSS.escape(this.#kept)}"]`);
    const top = this.#virtualizer?.getBoundingClientRect().top ?? 0;
    return kept === null || Math.abs(kept.getBoundingClientRect().top - top) > 1;
  }

  /** Pixels that are below what is in view. */
  get #rest(): number {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = this.#virtualizer ?? {};
    return scrollHeight - scrollTop - clientHeight;
  }

  /** The virtualizer puts into view by the sizes that everything had before. It does once more when it gets the items again. */
  #settle(): void {
    const runs = this.#settling > 0;
    this.#settling = SETTLING_FRAMES;
    if (!runs) requestAnimationFrame(() => this.#settleFrame());
  }

  #settleFrame(): void {
    for (const element of this.renderRoot.querySelectorAll('lit-virtualizer, holdfast-execution')) {
      this.#sizes.observe(element);
    }
    if (this.#isElsewhere()) this.requestUpdate();
    this.#settling--;
    if (this.#settling > 0) requestAnimationFrame(() => this.#settleFrame());
  }

  #scrolled(event: Event): void {
    const scroller = event.currentTarget as HTMLElement;
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    // While it is put back the list is shorter than it will be.
    if (this.#kept !== null) return;
    if (scrollHeight - scrollTop - clientHeight < FOLLOW_PIXELS) this.following = true;
    this.#setPlace(this.following ? null : this.#topmost(scroller));
  }

  #setPlace(place: string | null): void {
    if (place === this.place) return;
    this.place = place;
    this.dispatchEvent(new CustomEvent('place', { detail: place }));
  }

  /** The first execution of which something is in view. */
  #topmost(scroller: HTMLElement): string | null {
    const { top } = scroller.getBoundingClientRect();
    const shown = [...scroller.querySelectorAll<HTMLElement>('holdfast-execution')]
      .map((element) => ({ id: element.dataset['id'] ?? null, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > top)
      .sort((one, other) => one.box.top - other.box.top);
    return shown[0]?.id ?? null;
  }

  #keyDown(event: KeyboardEvent): void {
    // Keys inside an item, in its text or on its buttons, are their own.
    const target = event.composedPath()[0];
    if (!(target instanceof HTMLElement) || target.dataset['id'] === undefined) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const index = this.items.findIndex(({ id }) => id === target.dataset['id']);
    const next = {
      ArrowUp: index - 1,
      ArrowDown: index + 1,
      Home: 0,
      End: this.items.length - 1,
    }[event.key];
    const item = this.items[next ?? index];
    if (!item) return;
    if (next !== undefined) void this.#focus(item.id);
    else if (event.key === 'Enter') post({ type: 'reveal_source', id: item.id });
    else return;
    event.preventDefault();
  }

  async #focus(id: string): Promise<void> {
    this.current = id;
    this.#kept = null;
    this.following = id === this.items.at(-1)?.id;
    await this.updateComplete;
    this.#scrollTo(id);
    const virtualizer = this.#virtualizer;
    const focus = () => {
      const element = this.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
      element?.focus({ preventScroll: true });
      return element !== null;
    };
    if (focus()) return;
    // Far away: it is drawn when the list has got there.
    virtualizer?.addEventListener('rangeChanged', () => requestAnimationFrame(focus), { once: true });
  }
}

/** When the list gets shorter the virtualizer draws once more with the old range: then there is no item. */
function keyOf(item: ResultItem | undefined, index: number): string {
  return item?.id ?? `none ${index}`;
}

customElements.define('holdfast-list', ExecutionList);
