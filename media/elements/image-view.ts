import { html, LitElement, type TemplateResult, unsafeCSS } from 'lit';
import styles from './image-view.css';

/** A picture from bytes that the page has. */
export class ImageView extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = {
    data: { attribute: false },
    mime: { attribute: false },
    label: { attribute: false },
  };

  declare data: Uint8Array<ArrayBuffer>;
  declare mime: string;
  declare label: string;
  #url: string | undefined;
  #shown: Uint8Array | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#release();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override render(): TemplateResult {
    if (this.#shown !== this.data) this.#release();
    this.#url ??= URL.createObjectURL(new Blob([this.data], { type: this.mime }));
    this.#shown = this.data;
    return html`<img src=${this.#url} alt=${this.label} draggable="false">`;
  }

  #release(): void {
    if (this.#url !== undefined) URL.revokeObjectURL(this.#url);
    this.#url = undefined;
  }
}

customElements.define('holdfast-image', ImageView);
