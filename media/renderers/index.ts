import { html } from './html.ts';
import { image } from './image.ts';
import { json } from './json.ts';
import { latex } from './latex.ts';
import { markdown } from './markdown.ts';
import type { Renderer } from './renderer.ts';
import { svg } from './svg.ts';
import { text } from './text.ts';
import { vegaLite } from './vega-lite.ts';

/** THE list of renderers, richest first. A new one is a file beside this and a line here. */
export const renderers: readonly Renderer[] = [vegaLite, html, markdown, svg, image, latex, json, text];

export interface Choice<Form> {
  readonly form: Form;
  readonly renderer: Renderer;
}

/** The forms that can be drawn, the richest first. */
export function choices<Form extends { readonly mime: string }>(forms: readonly Form[]): Choice<Form>[] {
  return renderers.flatMap((renderer) =>
    renderer.mimes.flatMap((pattern) =>
      forms.filter(({ mime }) => matches(pattern, mime)).map((form) => ({ form, renderer })),
    ),
  );
}

/** The form of a value that is a picture, when its richest form is one. */
export function plotOf<Form extends { readonly mime: string }>(forms: readonly Form[]): Choice<Form> | undefined {
  const [richest] = choices(forms);
  return richest?.renderer.plot ? richest : undefined;
}

function matches(pattern: string, mime: string): boolean {
  // Parameters such as `; charset=utf-8` do not matter here.
  const [name = ''] = mime.toLowerCase().split(';', 1);
  const expression = pattern.replaceAll(/[.+]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${expression}$`).test(name.trim());
}
