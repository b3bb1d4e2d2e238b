import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { NamespacePart } from '../protocol.ts';
import type { PageWords } from '../words.ts';
import styles from './namespace-table.css';

type Variable = NamespacePart['variables'][number];

/** The variables of every session. */
export class NamespaceTable extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = { namespaces: { attribute: false }, words: { attribute: false } };

  declare namespaces: readonly NamespacePart[];
  declare words: PageWords;

  override render(): TemplateResult {
    const filled = this.namespaces.filter(({ variables }) => variables.length > 0);
    if (filled.length === 0) return html`<p class="empty">${this.words.noVariables}</p>`;
    return html`${repeat(
      filled,
      ({ sessionId }) => sessionId,
      (namespace) => this.#table(namespace),
    )}`;
  }

  #table({ name, busy, variables, total }: NamespacePart): TemplateResult {
    const { words } = this;
    const hidden = total - variables.length;
    return html`
      <table>
        <caption>${name}${busy ? html` <span class="busy">${words.running}</span>` : nothing}</caption>
        <thead>
          <tr><th scope="col">${words.name}</th><th scope="col">${words.type}</th><th scope="col">${words.value}</th></tr>
        </thead>
        <tbody>
          ${repeat(
            variables,
            (variable) => variable.name,
            (variable) => html`
              <tr><th scope="row">${variable.name}</th><td class="type">${type(variable)}</td><td>${variable.preview}</td></tr>
            `,
          )}
          ${hidden > 0 ? html`<tr><td colspan="3" class="type">${words.more.replace('{0}', String(hidden))}</td></tr>` : nothing}
        </tbody>
      </table>
    `;
  }
}

function type({ type, shape, length }: Variable): string {
  const size = shape ? shape.join(' × ') : length;
  return size === null ? type : `${type} (${size})`;
}

customElements.define('holdfast-namespace', NamespaceTable);
