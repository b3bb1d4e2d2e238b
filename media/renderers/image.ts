import { html } from 'lit';
import '../elements/image-view.ts';
import { MEGABYTE, type Renderer } from './renderer.ts';

/** Pictures of pixels, decoded by the browser. */
export const image: Renderer = {
  mimes: ['image/png', 'image/jpeg', 'image/gif', 'image/webp'],
  maxBytes: 32 * MEGABYTE,
  plot: true,
  render: (data, mime, { words }) =>
    html`<holdfast-image .data=${data} .mime=${mime} .label=${words.plot}></holdfast-image>`,
};
