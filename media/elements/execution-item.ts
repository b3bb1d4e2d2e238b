import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { post } from '../bridge.ts';
import { outputFlow, type Piece } from '../output-flow.ts';
import type { FromPage, ResultItem } from '../protocol.ts';
import { choices } from '../renderers/index.ts';
import type { Output } from '../results-model.ts';
import { highlight, unhighlight } from '../search/highlight.ts';
import { duration } from '../text/duration.ts';
import { terminalText } from '../text/terminal-text.ts';
import type { PageWords } from '../words.ts';
import styles from './execution-item.css';
import textStyles from './text.css';
import './rich-view.ts';
import { progressBar } from './progress-bar.ts';
import { STATUS_ICONS } from './status-icons.ts';

type ActionType = Extract<FromPage, { id: string }>['type'] &
  ('reveal_source' | 'copy' | 'cancel' | 'rerun' | 'save' | 'open_output' | 'open_table');

/** Up to this a value that has JSON is better read as the line of text that its language prints. Bytes. */
const SHORT_JSON = 80;
/** Nearer to the end of what was printed than this, the newest lines stay in view. */
const NEAR_END_PIXELS = 10;

/** One execution: where it came from, what it printed and showed, what it came to. */
export class ExecutionItem extends LitElement {
  static override styles = [unsafeCSS(textStyles), unsafeCSS(styles)];
  static override properties = {
    item: { attribute: false },
    output: { attribute: false },
    words: { attribute: false },
    query: { attribute: false },
  };

  declare item: ResultItem;
  declare output: Output | undefined;
  declare words: PageWords;
  declare query: string;
  /** It has been seen before its end: then what it prints is read from its end, as it comes. */
  #live = false;
  #atEnd = true;

  override render(): TemplateResult {
    const { item, output, words } = this;
    return html`
      ${this.#header()}
      <div class="body">
        ${repeat(item.progress, ({ id }) => id, progressBar)}
        ${repeat(
          outputFlow(output, item.rich),
          (piece, index) => (piece.kind === 'rich' ? `rich ${piece.ref.key}` : index),
          (piece) => this.#piece(piece),
        )}
        ${this.#value()}
        ${item.problem === null ? nothing : html`<pre class="problem" tabindex="0">${this.#problem(item.problem)}</pre>`}
        ${item.notKept === null ? nothing : html`<p class="cut">${item.notKept}</p>`}
        ${output && output.cut > 0 ? this.#link(words.openOutput, 'open_output') : nothing}
      </div>
    `;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('item');
    if (before !== undefined && before.id !== this.item.id) this.#live = false;
    this.#live ||= isUnfinished(this.item);
    const printed = this.#lastPrinted;
    this.#atEnd = !printed || printed.scrollHeight - printed.scrollTop - printed.clientHeight < NEAR_END_PIXELS;
  }

  override updated(): void {
    const printed = this.#lastPrinted;
    if (this.#live && this.#atEnd && printed) printed.scrollTop = printed.scrollHeight;
    highlight(this, this.renderRoot, this.query);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    unhighlight(this);
  }

  get #lastPrinted(): Element | undefined {
    return [...this.renderRoot.querySelectorAll('pre.output')].at(-1);
  }

  #header(): TemplateResult {
    const { item, words } = this;
    const { status } = item;
    const unfinished = isUnfinished(item);
    return html`<div class="header">
      <vscode-icon
        class="mark ${status}"
        name=${STATUS_ICONS[status]}
        ?spin=${status === 'running'}
        role="img"
        aria-label=${words.statuses[status]}
        title=${words.statuses[status]}
      ></vscode-icon>
      ${item.place === null ? nothing : this.#link(item.place, 'reveal_source', words.showCode)}
      ${item.by === null ? nothing : html`<span class="by">${item.by}</span>`}
      <code class="title">${item.title}</code>
      <span class="actions">
        ${unfinished ? this.#action('debug-stop', words.cancel, 'cancel') : nothing}
        ${item.rerun ? this.#action('debug-rerun', words.rerun, 'rerun') : nothing}
        ${item.value === null ? nothing : this.#action('copy', words.copy, 'copy')}
        ${item.table ? this.#action('table', words.openGrid, 'open_table') : nothing}
        ${this.output ? this.#action('go-to-file', words.openOutput, 'open_output') : nothing}
        ${this.output || item.value !== null || item.rich.length > 0 ? this.#action('save', words.save, 'save') : nothing}
      </span>
      <span class="time">${unfinished ? words.statuses[status] : time(item)}</span>
    </div>`;
  }

  #piece(piece: Piece): TemplateResult {
    switch (piece.kind) {
      case 'text':
        return html`<pre class="output" tabindex="0">${terminalText(piece.segments)}</pre>`;
      case 'cut':
        return html`<p class="cut">${this.words.cut.replace('{0}', piece.characters.toLocaleString())}</p>`;
      case 'rich':
        return html`<holdfast-rich .itemId=${this.item.id} .ref=${piece.ref} .words=${this.words}></holdfast-rich>`;
    }
  }

  #value(): TemplateResult | typeof nothing {
    const { value, rich, id } = this.item;
    const ref = rich.findLast(({ at }) => at === null);
    const richest = choices(ref?.forms ?? [])[0]?.form;
    const short = richest?.mime === 'application/json' && richest.bytes <= SHORT_JSON;
    const asText = value !== null && (richest === undefined || short);
    if (ref && !asText) {
      return html`<holdfast-rich class="value" .itemId=${id} .ref=${ref} .words=${this.words}></holdfast-rich>`;
    }
    const text = (value: string) => terminalText([{ stream: 'stdout', text: value }]);
    return value === null ? nothing : html`<pre class="value" tabindex="0">${text(value)}</pre>`;
  }

  /** The text of an error; the places that the worker reported lead to the code. */
  #problem(problem: string): TemplateResult[] {
    const { links, id } = this.item;
    const text = (start: number, end: number) => terminalText([{ stream: 'stdout', text: problem.slice(start, end) }]);
    const pieces: TemplateResult[] = [];
    let position = 0;
    for (const { start, end, frame } of links) {
      pieces.push(...text(position, start));
      const show = () => post({ type: 'reveal_frame', id, frame });
      pieces.push(html`<button title=${this.words.showCode} @click=${show}>${problem.slice(start, end)}</button>`);
      position = end;
    }
    return [...pieces, ...text(position, problem.length)];
  }

  #link(text: string, type: ActionType, label = text): TemplateResult {
    const { id } = this.item;
    const name = label === text ? text : `${label}: ${text}`;
    return html`<button class="link" title=${label} aria-label=${name} @click=${() => post({ type, id })}>${text}</button>`;
  }

  #action(icon: string, label: string, type: ActionType): TemplateResult {
    const { id } = this.item;
    return html`<vscode-toolbar-button icon=${icon} label=${label} title=${label} @click=${() => post({ type, id })}></vscode-toolbar-button>`;
  }
}

function isUnfinished({ status }: ResultItem): boolean {
  return status === 'queued' || status === 'running' || status === 'waiting';
}

function time({ seconds, at }: ResultItem): string {
  const clock = new Date(at).toLocaleTimeString();
  return seconds === null ? clock : `${duration(seconds)} · ${clock}`;
}

customElements.define('holdfast-execution', ExecutionItem);
