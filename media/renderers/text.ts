import { html } from 'lit';
import { terminalText } from '../text/terminal-text.ts';
import { MEGABYTE, type Renderer, textOf } from './renderer.ts';

/** Text with the colours of a terminal; also any other kind of text, as it is written. */
export const text: Renderer = {
  mimes: ['text/plain', 'text/*'],
  maxBytes: 0.2 * MEGABYTE,
  plot: false,
  render: (data) => html`<pre tabindex="0">${terminalText([{ stream: 'stdout', text: textOf(data) }])}</pre>`,
};
