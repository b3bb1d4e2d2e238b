import { html } from 'lit';
import '../elements/json-tree.ts';
import { MEGABYTE, type Renderer, textOf } from './renderer.ts';

/** A tree whose branches are drawn when they are opened. */
export const json: Renderer = {
  mimes: ['application/json', 'application/*+json'],
  maxBytes: 16 * MEGABYTE,
  plot: false,
  render: (data, _, { words }) =>
    html`<holdfast-json .value=${JSON.parse(textOf(data))} .words=${words} .open=${true}></holdfast-json>`,
};
