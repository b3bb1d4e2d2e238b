import { html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import { post } from '../bridge.ts';
import { contents } from '../contents.ts';
import type { RichRef } from '../protocol.ts';
import { type Choice, choices } from '../renderers/index.ts';
import { MEGABYTE } from '../renderers/renderer.ts';
import { onThemeChanged } from '../theme.ts';
import type { PageWords } from '../words.ts';
import { katexStyles } from './katex-styles.ts';
import styles from './rich-view.css';
import textStyles from './text.css';

type Form = RichRef['forms'][number];
type Drawn =
  | { readonly kind: 'loading' }
  | { readonly kind: 'content'; readonly content: TemplateResult | Node }
  | { readonly kind: 'problem'; readonly text: string };

/** A value in the richest form that can be drawn, or in the one that the person chose. */
export class RichView extends LitElement {
  static override styles = [unsafeCSS(textStyles), unsafeCSS(styles)];
  static override properties = {
    itemId: { attribute: false },
    ref: { attribute: false },
    words: { attribute: false },
    plain: { type: Boolean },
    chosen: { state: true },
    drawn: { state: true },
  };

  declare itemId: string;
  declare ref: RichRef;
  declare words: PageWords;
  /** Without the choice between its forms. */
  declare plain: boolean;
  declare chosen: string | undefined;
  declare drawn: Drawn;
  #drawing: string | undefined;
  #stopFollowingTheme = () => {};

  constructor() {
    super();
    this.plain = false;
    this.chosen = undefined;
    this.drawn = { kind: 'loading' };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopFollowingTheme = onThemeChanged(() => {
      if (this.#choice(choices(this.ref.forms))?.renderer.followsTheme) this.#load(true);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopFollowingTheme();
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('ref') || changed.has('chosen')) this.#load();
  }

  override render(): TemplateResult {
    const { drawn, words } = this;
    const all = choices(this.ref.forms);
    return html`
      ${katexStyles()}
      ${all.length > 1 && !this.plain ? this.#switch(all) : nothing}
      ${drawn.kind === 'loading' ? html`<p class="note">${words.loading}</p>` : nothing}
      ${drawn.kind === 'problem' ? html`<p class="note problem">${drawn.text}</p>` : nothing}
      ${drawn.kind === 'content' ? html`<div class="content">${drawn.content}</div>` : nothing}
    `;
  }

  #switch(all: readonly Choice<Form>[]): TemplateResult {
    const current = this.#choice(all);
    return html`<select aria-label=${this.words.shownAs} title=${this.words.shownAs} @change=${this.#select}>
      ${all.map(({ form: { mime } }) => html`<option value=${mime} ?selected=${mime === current?.form.mime}>${shortName(mime)}</option>`)}
    </select>`;
  }

  #choice(all: readonly Choice<Form>[]): Choice<Form> | undefined {
    return all.find(({ form }) => form.mime === this.chosen) ?? all[0];
  }

  #select(event: Event): void {
    this.chosen = (event.currentTarget as HTMLSelectElement).value;
  }

  #load(again = false): void {
    const choice = this.#choice(choices(this.ref.forms));
    const name = `${this.ref.key} ${choice?.form.mime}`;
    // An item that changed brings a new reference to the same value.
    if (name === this.#drawing && !again) return;
    this.#drawing = name;
    if (!again) this.drawn = { kind: 'loading' };
    void this.#draw(choice).then((drawn) => {
      if (this.#drawing === name) this.drawn = drawn;
    });
  }

  async #draw(choice: Choice<Form> | undefined): Promise<Drawn> {
    const { words, itemId, ref } = this;
    if (!choice) return problem(words.cannotShow.replace('{0}', ref.forms.map(({ mime }) => mime).join(', ')));
    const { form, renderer } = choice;
    if (form.bytes > renderer.maxBytes) {
      return problem(words.tooLarge.replace('{0}', (form.bytes / MEGABYTE).toFixed(1)));
    }
    try {
      const data = await contents.get(itemId, ref.key, form.mime);
      if (data === null) return problem(words.notKept);
      const openLink = (url: string) => post({ type: 'open_link', url: url.slice(0, 4096) });
      return { kind: 'content', content: await renderer.render(data, form.mime, { words, openLink }) };
    } catch (error) {
      return problem(words.cannotShow.replace('{0}', error instanceof Error ? error.message : String(error)));
    }
  }
}

function problem(text: string): Drawn {
  return { kind: 'problem', text: text.slice(0, 2_000) };
}

/** `application/vnd.vegalite.v5+json` → `vegalite.v5`. */
function shortName(mime: string): string {
  return (mime.split('/')[1] ?? mime).replace(/^vnd\./, '').replace(/\+(json|xml)$/, '');
}

customElements.define('holdfast-rich', RichView);
