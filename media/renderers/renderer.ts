import type { TemplateResult } from 'lit';
import type { PageWords } from '../words.ts';

export interface RenderContext {
  readonly words: PageWords;
  /** Opens a link after the extension has looked at it. */
  openLink(url: string): void;
}

/** Draws one kind of MIME forms. What it gets was made by a program: it is data and nothing else. */
export interface Renderer {
  /** The MIME types that it draws. A `*` stands for any run of characters but `/`. */
  readonly mimes: readonly string[];
  /** Bytes that it draws; a larger form can be saved. */
  readonly maxBytes: number;
  /** It is a picture: collected among the plots. */
  readonly plot: boolean;
  /** It draws with colours of the theme by itself, and so again when there is another theme. */
  readonly followsTheme?: true;
  /** @throws any error, shown instead of the value */
  render(
    data: Uint8Array,
    mime: string,
    context: RenderContext,
  ): TemplateResult | Node | Promise<TemplateResult | Node>;
}

export const MEGABYTE = 1024 * 1024;

export function textOf(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}
