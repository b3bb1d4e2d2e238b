import { html as template } from 'lit';
import '../elements/html-frame.ts';
import { MEGABYTE, type Renderer, textOf } from './renderer.ts';

/** HTML, cleaned, in a frame in which no script runs. */
export const html: Renderer = {
  mimes: ['text/html'],
  maxBytes: 4 * MEGABYTE,
  plot: false,
  render: (data, _, { words, openLink }) =>
    template`<holdfast-html .source=${textOf(data)} .label=${words.htmlContent} .openLink=${openLink}></holdfast-html>`,
};
