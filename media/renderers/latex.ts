import { MEGABYTE, type Renderer, textOf } from './renderer.ts';

const DELIMITERS = /^\s*(?:\$\$([\s\S]*)\$\$|\$([\s\S]*)\$|\\\[([\s\S]*)\\\]|\\\(([\s\S]*)\\\))\s*$/;

/** Formulas. KaTeX builds the nodes itself; nothing in a formula may link, load or name a class. */
export const latex: Renderer = {
  mimes: ['text/latex', 'application/x-latex'],
  maxBytes: 0.1 * MEGABYTE,
  plot: false,
  async render(data) {
    const { default: katex } = await import('katex');
    const source = textOf(data);
    const target = document.createElement('div');
    target.className = 'latex';
    katex.render(
      DELIMITERS.exec(source)
        ?.slice(1)
        .find((part) => part !== undefined) ?? source,
      target,
      {
        displayMode: true,
        trust: false,
        strict: 'ignore',
        maxExpand: 1000,
        maxSize: 100,
      },
    );
    return target;
  },
};
