import { html, LitElement, type TemplateResult, unsafeCSS } from 'lit';
import { guardLinks } from '../html/links.ts';
import { sanitizedFragment } from '../html/sanitize.ts';
import { onThemeChanged } from '../theme.ts';
import styles from './html-frame.css';
import frameStyles from './html-frame-content.css';

/** Stricter than the page's own policy, which it inherits: no script at all, and no picture but what stands in the HTML itself. */
const POLICY = "default-src 'none'; img-src data:";
const EMPTY = `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
const MAX_HEIGHT = 20_000;

/**
 * A program's HTML in a frame in which nothing can run. The frame has the page's origin, so that the page can fill it, measure it and
 * watch its links; it has no scripts, so that nothing in it can make use of that.
 */
export class HtmlFrame extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = {
    source: { attribute: false },
    label: { attribute: false },
    openLink: { attribute: false },
  };

  declare source: string;
  declare label: string;
  declare openLink: (url: string) => void;
  #stopFollowingTheme = () => {};
  readonly #resized = new ResizeObserver(() => this.#fit());

  override render(): TemplateResult {
    return html`<iframe
      sandbox="allow-same-origin"
      title=${this.label}
      referrerpolicy="no-referrer"
      .srcdoc=${EMPTY}
      @load=${this.#fill}
    ></iframe>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopFollowingTheme = onThemeChanged(() => this.#followTheme());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#stopFollowingTheme();
  }

  #fill(): void {
    const frame = this.renderRoot.querySelector('iframe');
    const inside = frame?.contentDocument;
    const view = frame?.contentWindow;
    if (!inside?.body || !view) return;
    const content = sanitizedFragment(this.source, { styles: true });
    // The policy forbids styles that stand in HTML: they are taken out and set by the page.
    const inline = [...content.querySelectorAll<HTMLElement | SVGElement>('[style]')].map(
      (element) => [element, element.getAttribute('style') ?? ''] as const,
    );
    for (const [element] of inline) element.removeAttribute('style');
    const sheets = [...content.querySelectorAll('style')].map((element) => {
      element.remove();
      return element.textContent ?? '';
    });
    guardLinks(content, (url) => this.openLink(url));
    inside.body.replaceChildren(inside.adoptNode(content));
    for (const [element, style] of inline) element.style.cssText = style;
    inside.adoptedStyleSheets = [themeRules(), frameStyles, ...sheets].map((text) => sheetOf(view, text));
    this.#resized.disconnect();
    this.#resized.observe(inside.documentElement);
    this.#fit();
  }

  #followTheme(): void {
    const frame = this.renderRoot.querySelector('iframe');
    const [theme] = frame?.contentDocument?.adoptedStyleSheets ?? [];
    theme?.replaceSync(themeRules());
  }

  #fit(): void {
    const frame = this.renderRoot.querySelector('iframe');
    const inside = frame?.contentDocument?.documentElement;
    if (frame && inside)
      frame.style.height = `${Math.min(MAX_HEIGHT, Math.ceil(inside.getBoundingClientRect().height))}px`;
  }
}

function sheetOf(view: Window, text: string): CSSStyleSheet {
  // A style sheet belongs to the document whose window made it.
  const sheet = new (view as Window & typeof globalThis).CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** The theme's variables, which a frame does not inherit. */
function themeRules(): string {
  const style = document.documentElement.style;
  const variables = [...style].filter((name) => name.startsWith('--vscode-'));
  return `:root { ${variables.map((name) => `${name}: ${style.getPropertyValue(name)};`).join(' ')} }`;
}

customElements.define('holdfast-html', HtmlFrame);
