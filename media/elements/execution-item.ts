import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from 'lit';
import { post } from '../bridge.ts';
import type { ItemStatus, PageWords, ResultItem } from '../protocol.ts';
import type { Output } from '../results-model.ts';
import { duration } from '../text/duration.ts';
import { terminalText } from '../text/terminal-text.ts';
import styles from './execution-item.css';

const MARKS: Readonly<Record<ItemStatus, string>> = {
  queued: '○',
  running: '◐',
  waiting: '?',
  succeeded: '✓',
  failed: '✗',
  cancelled: '■',
  lost: '✗',
  background: '·',
};

/** One execution: where it came from, what it printed, what it came to. */
export class ExecutionItem extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = {
    item: { attribute: false },
    output: { attribute: false },
    words: { attribute: false },
  };

  declare item: ResultItem;
  declare output: Output | undefined;
  declare words: PageWords;

  override render(): TemplateResult {
    const { item, output, words } = this;
    const unfinished = item.status === 'queued' || item.status === 'running' || item.status === 'waiting';
    return html`
      <header>
        <span class="mark ${item.status}" role="img" aria-label=${words.statuses[item.status]}>${MARKS[item.status]}</span>
        ${item.place === null ? nothing : this.#button(item.place, 'place', words.showCode, 'reveal_source')}
        <code class="title">${item.title}</code>
        ${unfinished ? this.#button(words.cancel, 'action', words.cancel, 'cancel') : nothing}
        ${item.value === null ? nothing : this.#button(words.copy, 'action', words.copy, 'copy')}
        <span class="time">${unfinished ? words.statuses[item.status] : time(item)}</span>
      </header>
      ${output ? html`<pre class="output" tabindex="0">${this.#output(output)}</pre>` : nothing}
      ${item.value === null ? nothing : html`<pre class="value" tabindex="0">${item.value}</pre>`}
      ${item.problem === null ? nothing : html`<pre class="problem" tabindex="0">${terminalText([{ stream: 'stdout', text: item.problem }])}</pre>`}
    `;
  }

  #output({ head, cut, tail }: Output): (TemplateResult | TemplateResult[])[] {
    if (cut === 0) return [terminalText(head)];
    const mark = this.words.cut.replace('{0}', cut.toLocaleString());
    return [terminalText(head), html`<span class="cut">${`\n${mark}\n`}</span>`, terminalText(tail)];
  }

  #button(text: string, className: string, label: string, type: 'reveal_source' | 'cancel' | 'copy'): TemplateResult {
    const { id } = this.item;
    return html`<button class=${className} title=${label} aria-label=${`${label}: ${text}`} @click=${() => post({ type, id })}>${text}</button>`;
  }
}

function time({ seconds, at }: ResultItem): string {
  const clock = new Date(at).toLocaleTimeString();
  return seconds === null ? clock : `${duration(seconds)} · ${clock}`;
}

customElements.define('holdfast-execution', ExecutionItem);
