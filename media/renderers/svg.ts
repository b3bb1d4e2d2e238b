import { html } from 'lit';
import '../elements/image-view.ts';
import { sanitizedSvg } from '../html/sanitize.ts';
import { MEGABYTE, type Renderer, textOf } from './renderer.ts';

/** Drawings, cleaned and then shown as an image, in which nothing runs and nothing is fetched. */
export const svg: Renderer = {
  mimes: ['image/svg+xml'],
  maxBytes: 8 * MEGABYTE,
  plot: true,
  render(data, mime, { words }) {
    const clean = new TextEncoder().encode(sanitizedSvg(textOf(data)));
    return html`<holdfast-image .data=${clean} .mime=${mime} .label=${words.plot}></holdfast-image>`;
  },
};
