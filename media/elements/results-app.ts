import '@vscode-elements/elements/dist/vscode-tab-header/index.js';
import '@vscode-elements/elements/dist/vscode-tab-panel/index.js';
import '@vscode-elements/elements/dist/vscode-tabs/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from 'lit';
import { onMessage, post, savedState, saveState } from '../bridge.ts';
import type { ResultItem, ToPage } from '../protocol.ts';
import { EMPTY_MODEL, type ResultsModel, update } from '../results-model.ts';
import { matching } from '../search/matches.ts';
import type { PageWords } from '../words.ts';
import type { ExecutionList } from './execution-list.ts';
import './execution-list.ts';
import './namespace-grid.ts';
import './plots-gallery.ts';
import styles from './results-app.css';
import type { SearchDetail } from './search-box.ts';
import './search-box.ts';

const RESULTS_TAB = 0;
const PLOTS_TAB = 1;
const NAMESPACE_TAB = 2;

/** The results panel: what ran, its pictures, and what the sessions hold. */
export class ResultsApp extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = {
    model: { state: true },
    tab: { state: true },
    query: { state: true },
    position: { state: true },
    announced: { state: true },
  };

  declare model: ResultsModel;
  declare tab: number;
  declare query: string;
  declare position: number;
  /** What a screen reader is told of what has just ended. */
  declare announced: string;

  /** Where the list is: it begins there again when the page is made anew. */
  #place: string | null = null;

  constructor() {
    super();
    this.model = EMPTY_MODEL;
    this.announced = '';
    this.position = 0;
    const { tab, query, place } = savedState();
    this.tab = tab;
    this.query = query;
    this.#place = place;
    onMessage((message) => this.#receive(message));
    window.addEventListener('keydown', (event) => this.#keyDown(event));
    post({ type: 'ready' });
  }

  override render(): TemplateResult {
    const { words, host, items, outputs, namespaces } = this.model;
    if (!words) return html``;
    const found = matching(items, outputs, this.query);
    return html`
      <vscode-tabs panel selected-index=${this.tab} @vsc-tabs-select=${this.#selectTab}>
        <vscode-tab-header slot="header">${words.results}</vscode-tab-header>
        <vscode-tab-panel panel>${this.#list(words, found)}</vscode-tab-panel>
        <vscode-tab-header slot="header">${words.plots}</vscode-tab-header>
        <vscode-tab-panel panel>${
          this.tab === PLOTS_TAB
            ? html`<holdfast-plots .items=${items} .words=${words} @show-result=${this.#showResult}></holdfast-plots>`
            : nothing
        }</vscode-tab-panel>
        <vscode-tab-header slot="header">${words.namespace}</vscode-tab-header>
        <vscode-tab-panel panel>${
          this.tab === NAMESPACE_TAB
            ? html`<holdfast-namespace .namespaces=${namespaces} .words=${words}></holdfast-namespace>`
            : nothing
        }</vscode-tab-panel>
        <div slot="addons" class="tools">
          ${this.tab === RESULTS_TAB ? this.#search(words, found) : nothing}
          ${host === 'editor' ? this.#tool('clear-all', words.clear, 'clear') : nothing}
        </div>
      </vscode-tabs>
      <div class="announced" role="status">${this.announced}</div>
    `;
  }

  #list(words: PageWords, found: readonly ResultItem[]): TemplateResult {
    const { items, outputs } = this.model;
    if (items.length === 0) return html`<p class="empty">${words.noResults}</p>`;
    if (found.length === 0) return html`<p class="empty">${words.noMatches.replace('{0}', this.query)}</p>`;
    return html`<holdfast-list .items=${found} .outputs=${outputs} .words=${words} .query=${this.query} .place=${this.#place} @place=${this.#keepPlace}></holdfast-list>`;
  }

  #search(words: PageWords, found: readonly ResultItem[]): TemplateResult {
    return html`<holdfast-search
      .words=${words}
      .query=${this.query}
      .count=${found.length}
      .position=${Math.min(this.position, Math.max(0, found.length - 1))}
      @search=${(event: CustomEvent<SearchDetail>) => this.#setQuery(event.detail.query)}
      @step=${(event: CustomEvent<number>) => this.#step(event.detail, found)}
    ></holdfast-search>`;
  }

  #tool(icon: string, label: string, type: 'clear'): TemplateResult {
    return html`<vscode-toolbar-button icon=${icon} label=${label} title=${label} @click=${() => post({ type })}></vscode-toolbar-button>`;
  }

  #receive(message: ToPage): void {
    this.#announce(message);
    this.model = update(this.model, message);
    if (message.type === 'reveal') void this.#reveal(message.id);
  }

  /** Tells a screen reader of executions that have ended, and of nothing that is drawn because somebody scrolls. */
  #announce(message: ToPage): void {
    const { words, items } = this.model;
    if (message.type !== 'items' || !words) return;
    const ended = message.items.filter(({ id, seconds }) => {
      return seconds !== null && items.find((item) => item.id === id)?.seconds === null;
    });
    const last = ended.at(-1);
    if (last)
      this.announced = [words.statuses[last.status], last.place, last.value?.slice(0, 100)].filter(Boolean).join(' ');
  }

  async #reveal(id: string): Promise<void> {
    this.#setTab(RESULTS_TAB);
    const { items, outputs } = this.model;
    if (!matching(items, outputs, this.query).some((item) => item.id === id)) this.#setQuery('');
    await this.updateComplete;
    this.#executions?.reveal(id);
  }

  get #executions(): ExecutionList | null {
    return this.renderRoot.querySelector('holdfast-list');
  }

  #showResult(event: CustomEvent<string>): void {
    void this.#reveal(event.detail);
  }

  #setQuery(query: string): void {
    this.query = query;
    this.position = 0;
    this.#save();
  }

  #step(by: number, found: readonly ResultItem[]): void {
    if (found.length === 0) return;
    this.position = (Math.min(this.position, found.length - 1) + by + found.length) % found.length;
    const item = found[this.position];
    if (item) this.#executions?.reveal(item.id);
  }

  #keyDown(event: KeyboardEvent): void {
    if (event.key !== 'f' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    this.#setTab(RESULTS_TAB);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('holdfast-search')?.focus());
    event.preventDefault();
  }

  #selectTab(event: CustomEvent<{ selectedIndex: number }>): void {
    this.#setTab(event.detail.selectedIndex);
  }

  #setTab(tab: number): void {
    this.tab = tab;
    this.#save();
  }

  #keepPlace(event: CustomEvent<string | null>): void {
    this.#place = event.detail;
    this.#save();
  }

  #save(): void {
    saveState({ tab: this.tab, query: this.query, place: this.#place });
  }
}

customElements.define('holdfast-results', ResultsApp);
