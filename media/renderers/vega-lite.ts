import { MEGABYTE, type Renderer, textOf } from './renderer.ts';

/** Charts of Vega-Lite and Vega: loaded when the first one is shown. */
export const vegaLite: Renderer = {
  mimes: ['application/vnd.vegalite.*+json', 'application/vnd.vega.*+json'],
  maxBytes: 16 * MEGABYTE,
  plot: true,
  followsTheme: true,
  async render(data, mime, { words }) {
    const { drawChart } = await import('../charts/draw-chart.ts');
    return drawChart(JSON.parse(textOf(data)), { lite: mime.includes('vegalite'), label: words.plot });
  },
};
