import { html } from 'lit';
import MarkdownIt from 'markdown-it';
import { guardLinks, isSafeLink } from '../html/links.ts';
import { sanitizedFragment } from '../html/sanitize.ts';
import { MEGABYTE, type Renderer, textOf } from './renderer.ts';

const markdownIt = new MarkdownIt({ html: false, linkify: false });
const IMAGE = /^data:image\/(png|jpeg|gif|webp);base64,/i;
markdownIt.validateLink = (url) => isSafeLink(url) || IMAGE.test(url);

/** Markdown without HTML in it. Links are opened by the extension; images are those that stand in the text itself. */
export const markdown: Renderer = {
  mimes: ['text/markdown'],
  maxBytes: MEGABYTE,
  plot: false,
  render(data, _, { openLink }) {
    const fragment = sanitizedFragment(markdownIt.render(textOf(data)));
    guardLinks(fragment, openLink);
    for (const image of fragment.querySelectorAll('img')) if (!IMAGE.test(image.src)) image.replaceWith(image.alt);
    return html`<div class="markdown">${fragment}</div>`;
  },
};
