import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, LitElement, type TemplateResult, unsafeCSS } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { post } from '../bridge.ts';
import { copyPicture } from '../copy-picture.ts';
import type { ResultItem, RichRef } from '../protocol.ts';
import { plotOf } from '../renderers/index.ts';
import type { PageWords } from '../words.ts';
import styles from './plots-gallery.css';
import textStyles from './text.css';
import './rich-view.ts';

interface Plot {
  readonly item: ResultItem;
  readonly ref: RichRef;
  readonly mime: string;
}

/** Thumbnails that are drawn: the newest. */
const MAX_THUMBNAILS = 100;

/** The pictures of all executions: one large, the others to choose from. */
export class PlotsGallery extends LitElement {
  static override styles = [unsafeCSS(textStyles), unsafeCSS(styles)];
  static override properties = {
    items: { attribute: false },
    words: { attribute: false },
    chosen: { state: true },
    note: { state: true },
  };

  declare items: readonly ResultItem[];
  declare words: PageWords;
  declare chosen: number | undefined;
  declare note: string;

  constructor() {
    super();
    this.note = '';
    this.chosen = undefined;
  }

  override render(): TemplateResult {
    const plots = plotsOf(this.items).slice(-MAX_THUMBNAILS);
    const shown = plots.find(({ ref }) => ref.key === this.chosen) ?? plots.at(-1);
    if (!shown) return html`<p class="empty">${this.words.noPlots}</p>`;
    return html`
      <section class="large">${this.#large(shown)}</section>
      <div class="thumbnails" role="listbox" aria-label=${this.words.plots} aria-orientation="vertical" @keydown=${this.#keyDown}>
        ${repeat(
          plots,
          ({ ref }) => ref.key,
          (plot) => this.#thumbnail(plot, plot === shown),
        )}
      </div>
    `;
  }

  #large({ item, ref, mime }: Plot): TemplateResult {
    const { words } = this;
    const form = { id: item.id, key: ref.key, mime };
    return html`
      <div class="header">
        <button class="link" title=${words.showResult} @click=${() => this.#show(item.id)}>${item.place ?? item.title}</button>
        <code class="title">${item.title}</code>
        <span role="status">${this.note}</span>
        <vscode-toolbar-button icon="copy" label=${words.copyPlot} title=${words.copyPlot} @click=${() => this.#copy(form)}></vscode-toolbar-button>
        <vscode-toolbar-button icon="save" label=${words.savePlot} title=${words.savePlot} @click=${() => post({ type: 'save_content', ...form })}></vscode-toolbar-button>
      </div>
      <holdfast-rich plain .itemId=${item.id} .ref=${ref} .words=${words}></holdfast-rich>
    `;
  }

  #thumbnail({ item, ref }: Plot, selected: boolean): TemplateResult {
    const name = `${this.words.plot}: ${item.place ?? item.title}`;
    return html`<div
      role="option"
      tabindex=${selected ? 0 : -1}
      aria-selected=${selected}
      aria-label=${name}
      title=${name}
      data-key=${ref.key}
      @click=${() => this.#choose(ref.key)}
    ><holdfast-rich plain inert .itemId=${item.id} .ref=${ref} .words=${this.words}></holdfast-rich></div>`;
  }

  #choose(key: number): void {
    this.chosen = key;
    this.note = '';
  }

  #show(id: string): void {
    this.dispatchEvent(new CustomEvent('show-result', { detail: id }));
  }

  async #copy(form: { id: string; key: number; mime: string }): Promise<void> {
    const picture = this.renderRoot.querySelector('.large holdfast-rich');
    if (form.mime === 'image/svg+xml' || !picture?.shadowRoot) {
      post({ type: 'copy_content', ...form });
    } else await copyPicture(picture.shadowRoot);
    this.note = this.words.copied;
  }

  #keyDown(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const options = [...this.renderRoot.querySelectorAll<HTMLElement>('[role="option"]')];
    const current = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
    const next = options[current + step];
    if (!next) return;
    this.#choose(Number(next.dataset['key']));
    next.focus();
    event.preventDefault();
  }
}

/** Oldest first. */
export function plotsOf(items: readonly ResultItem[]): Plot[] {
  return items.flatMap((item) =>
    item.rich.flatMap((ref) => {
      const plot = plotOf(ref.forms);
      return plot ? { item, ref, mime: plot.form.mime } : [];
    }),
  );
}

customElements.define('holdfast-plots', PlotsGallery);
