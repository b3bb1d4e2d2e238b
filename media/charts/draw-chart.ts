import { type Config, type Loader, parse, type Spec, View, Warn } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';

/** A chart has its data with it: nothing is loaded, whatever address it names, and nothing in it is a link. */
const NO_NETWORK: Loader = {
  options: {},
  load: refuse,
  sanitize: refuse,
  http: refuse,
  file: refuse,
} as unknown as Loader;

function refuse(): Promise<never> {
  return Promise.reject(new Error('Charts load nothing from the network. Put the data into the chart.'));
}

/** Draws a chart from its specification. It needs no `eval`: its expressions are interpreted. @throws what Vega finds wrong */
export async function drawChart(
  specification: unknown,
  { lite, label }: { readonly lite: boolean; readonly label: string },
): Promise<HTMLElement> {
  const container = document.createElement('div');
  container.className = 'chart';
  container.setAttribute('role', 'img');
  container.setAttribute('aria-label', label);
  // Vega and Vega-Lite check the specification themselves.
  const spec = lite ? compile(specification as TopLevelSpec, { logger: quiet }).spec : (specification as Spec);
  const problems: string[] = [];
  function note(...messages: unknown[]) {
    problems.push(messages.map(String).join(' '));
    return logger;
  }
  const logger = {
    ...quiet,
    error: note,
    // What a chart wants from the network Vega only warns of.
    warn: note,
  };
  const view = new View(parse(spec, themed(), { ast: true }), {
    expr: expressionInterpreter,
    loader: NO_NETWORK,
    logger,
    logLevel: Warn,
    renderer: 'canvas',
    container,
    hover: true,
  });
  await view.runAsync();
  const fatal = problems.find((problem) => problem.startsWith('Loading failed'));
  if (fatal !== undefined) {
    view.finalize();
    throw new Error(fatal);
  }
  return container;
}

const quiet = {
  level: () => quiet,
  error: () => quiet,
  warn: () => quiet,
  info: () => quiet,
  debug: () => quiet,
} as unknown as NonNullable<NonNullable<Parameters<typeof compile>[1]>['logger']>;

/** The colours of VS Code's theme, read when the chart is drawn. */
function themed(): Config {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--vscode-${name}`).trim() || undefined;
  const text = color('foreground') ?? 'gray';
  const faint = color('panel-border') || color('contrastBorder') || text;
  const axis = { labelColor: text, titleColor: text, domainColor: text, tickColor: text, gridColor: faint };
  return {
    background: 'transparent',
    axis,
    legend: { labelColor: text, titleColor: text },
    title: { color: text, subtitleColor: text },
    style: { 'guide-label': { fill: text }, 'guide-title': { fill: text }, cell: { stroke: faint } },
  } as Config;
}
