import { html, nothing, type TemplateResult } from 'lit';

/** KaTeX's style sheet for a shadow root: its fonts come from the same sheet in the document. */
export function katexStyles(): TemplateResult | typeof nothing {
  const sheet = document.querySelector<HTMLLinkElement>('#katex-stylesheet');
  return sheet ? html`<link rel="stylesheet" href=${sheet.href} nonce=${sheet.nonce}>` : nothing;
}
