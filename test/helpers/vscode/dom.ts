/**
 * The few members of the DOM that functions run inside the page use. The project's own type check has no DOM library, so that the
 * backend and the extension cannot name it by mistake.
 */
export interface PageElement {
  readonly textContent: string | null;
  readonly style: { top: string };
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  setAttribute(name: string, value: string): void;
}

export interface PageGlobals {
  getComputedStyle(element: PageElement, pseudo?: string): { content: string; opacity: string };
}
