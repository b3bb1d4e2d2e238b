import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { inRoot } from '../../../scripts/lib/paths.ts';
import type { PageElement, PageGlobals } from './dom.ts';

export const SCREENSHOTS = inRoot('test/e2e/screenshots');
const ATTEMPTS = 5;
const ATTEMPT_MS = 2_000;
const ESCAPE = { key: 'Escape', code: 'Escape', keyCode: 27, bubbles: true, cancelable: true };

/** The label of a theme, and the class that the workbench has while it is in force. */
const THEMES = {
  dark: ['Dark Modern', 'vs-dark'],
  light: ['Light Modern', 'vs'],
  hc: ['Dark High Contrast', 'hc-black'],
  'hc-light': ['Light High Contrast', 'hc-light'],
} as const;
export type Theme = keyof typeof THEMES;

/** A view of the panel or side bar, or the outputs of a notebook, as VS Code names them in their addresses. */
export type WebviewKind = 'webviewView' | 'notebookRenderer' | 'editor';

export interface TreeRow {
  /** 1 for the rows at the top. */
  level: number;
  label: string;
  description: string;
  /** Undefined for a row without children. */
  expanded?: boolean;
}

/** A VS Code workbench in a page, in the words of the person who uses it. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until the workbench is drawn. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: 60_000 });
  }

  /** Loads the page again, as `Developer: Reload Window` does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Opens a file of the workspace by its name and leaves the focus in it. */
  async openFile(name: string): Promise<void> {
    const tab = this.page.locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`);
    // Quick open refills its list while one types: a click can land on a row that has just moved.
    await retry(async () => {
      await this.#quickInput('Control+P', name);
      await this.#row(name).click({ timeout: ATTEMPT_MS });
      await tab.waitFor({ timeout: ATTEMPT_MS });
    });
    await this.page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor();
  }

  /** Runs a command of the command palette by its full title, `Category: Title`. */
  async command(title: string): Promise<void> {
    // The row itself and not Enter: the best match, which has the focus, can be a command with a longer title.
    await retry(async () => {
      await this.#quickInput('F1', `>${title}`);
      await this.#row(title).click({ timeout: ATTEMPT_MS });
    });
  }

  /** Presses keys as Playwright names them, `Control+Enter`, in whatever has the focus. */
  async key(keys: string): Promise<void> {
    await this.page.keyboard.press(keys);
  }

  /** Puts the cursor at the start of a line, counted from 1, of the active editor. */
  async goToLine(line: number): Promise<void> {
    await retry(async () => {
      await this.#quickInput('Control+G', `:${line}`);
      await this.page.keyboard.press('Enter');
      await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: ATTEMPT_MS });
    });
    await this.page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor();
  }

  /** The texts of `after` decorations at the ends of the visible lines of the active editor, by line number. */
  async inlineTexts(): Promise<Map<number, string>> {
    const margin = this.page.locator('.editor-group-container.active .monaco-editor .margin-view-overlays');
    const numbers = await margin.locator('> div').evaluateAll((rows) =>
      // Playwright types the nodes by the DOM library, which this project's type check has not.
      (rows as unknown as PageElement[]).map((row) => ({
        top: row.style.top,
        line: Number(row.querySelector('.line-numbers')?.textContent ?? 0),
      })),
    );
    const texts = await this.page
      .locator('.editor-group-container.active .monaco-editor .view-lines > .view-line')
      .evaluateAll((lines) => {
        const { getComputedStyle } = globalThis as unknown as PageGlobals;
        return (lines as unknown as PageElement[]).map((line) => ({
          top: line.style.top,
          text: [...line.querySelectorAll('span[class*="ced-"]')]
            .map((span) => getComputedStyle(span, '::after').content)
            .filter((content) => content.startsWith('"'))
            .map((content) => content.slice(1, -1).replaceAll(/\\(["\\])/g, '$1'))
            .join(''),
        }));
      });
    const found = new Map<number, string>();
    for (const { top, text } of texts) {
      const line = numbers.find((number) => number.top === top)?.line;
      if (line && text) found.set(line, text.replaceAll('\u00a0', ' ').trim());
    }
    return found;
  }

  /** The visible text of the active editor. */
  async visibleText(): Promise<string> {
    const lines = this.page.locator('.editor-group-container.active .monaco-editor .view-lines > .view-line');
    const texts = await lines.evaluateAll((all) =>
      (all as unknown as PageElement[])
        .map((line) => ({ top: Number.parseFloat(line.style.top), text: line.textContent ?? '' }))
        .sort((one, other) => one.top - other.top)
        .map(({ text }) => text),
    );
    return texts.join('\n').replaceAll('\u00a0', ' ');
  }

  /** Shows a container of the side bar by the title of its icon. */
  async showSideBar(title: string): Promise<void> {
    // The item and not its icon, which a badge covers.
    const icon = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator(`a.action-label[aria-label^="${title}"]`) })
      .first();
    const heading = this.page.locator('.part.sidebar .composite.title').filter({ hasText: title });
    // A click on the icon of a container that already shows would hide it.
    if (await heading.isVisible()) return;
    // Its badge lies over it and takes the click.
    await icon.click({ force: true });
    await heading.waitFor();
  }

  /** The rows that a tree view shows. */
  async treeRows(view: string): Promise<TreeRow[]> {
    const pane = this.page.locator('.pane').filter({
      has: this.page.locator(`.pane-header[aria-label^="${view}"]`),
    });
    return pane.locator('.monaco-list-row').evaluateAll((rows) =>
      (rows as unknown as PageElement[]).map((row) => {
        const expanded = row.getAttribute('aria-expanded');
        return {
          level: Number(row.getAttribute('aria-level')),
          label: row.querySelector('.label-name')?.textContent ?? '',
          description: row.querySelector('.label-description')?.textContent ?? '',
          ...(expanded === null ? {} : { expanded: expanded === 'true' }),
        };
      }),
    );
  }

  /** The page inside the webview that is there; where there may be several, of the one of a kind. */
  webviewFrame(kind?: WebviewKind): FrameLocator {
    const ready = 'iframe.webview.ready';
    // VS Code gives a webview that is an editor no purpose.
    const ofKind =
      kind === 'editor'
        ? ':not([src*="purpose=webviewView"], [src*="purpose=notebookRenderer"])'
        : `[src*="purpose=${kind}"]`;
    const outer = this.page.frameLocator(kind ? `${ready}${ofKind}` : ready);
    return outer.frameLocator('#active-frame');
  }

  /** The texts of the status bar's items. */
  async statusBar(): Promise<string[]> {
    const items = this.page.locator('.part.statusbar .statusbar-item:visible');
    return (await items.allInnerTexts())
      .map((text) => text.replaceAll(/\s+/g, ' ').trim())
      .filter((text) => text !== '');
  }

  /** The notifications whose text contains `text`. */
  notification(text: string): Locator {
    return this.page.locator('.notifications-toasts .notification-toast').filter({ hasText: text });
  }

  /** Presses a button of a notification. */
  async answer(text: string, button: string): Promise<void> {
    await this.notification(text).locator('.monaco-button').filter({ hasText: button }).click();
  }

  /** Writes an answer into the input box that is open, and confirms it. */
  async fillInput(text: string): Promise<void> {
    await this.#quickInputField().fill(text);
    await this.#quickInputField().press('Enter');
  }

  /** Chooses a row of the quick pick that is open, by its label. */
  async pick(label: string): Promise<void> {
    await this.#row(label).click();
  }

  /** Chooses a colour theme and waits until it is in force. */
  async setTheme(theme: Theme): Promise<void> {
    const [label, className] = THEMES[theme];
    await retry(async () => {
      await this.command('Preferences: Color Theme');
      await this.#quickInputField().fill(label, { timeout: ATTEMPT_MS });
      await this.#row(label).click({ timeout: ATTEMPT_MS });
    });
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  /** Keeps a picture of the window as `test/e2e/screenshots/<name>.png` and returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(SCREENSHOTS, { recursive: true });
    const file = path.join(SCREENSHOTS, `${name.replaceAll(/[^\w.-]+/g, '-').slice(0, 120)}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  #quickInputField(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  /** A row of the open quick input by its whole label. */
  #row(label: string): Locator {
    const name = this.page.locator('.label-name', {
      hasText: new RegExp(`^\\s*${label.replaceAll(/[^\w\s]/g, '\\$&')}\\s*$`),
    });
    return this.page
      .locator('.quick-input-widget:visible .quick-input-list .monaco-list-row')
      .filter({ has: name })
      .first();
  }

  /** With nothing picked; nothing when there is none. */
  async closeQuickInput(): Promise<void> {
    const input = this.#quickInputField();
    if (!(await input.isVisible())) return;
    // Sent to the input, not pressed: it may close by itself meanwhile, and in an editor the key clears the results.
    await input.dispatchEvent('keydown', ESCAPE, { timeout: ATTEMPT_MS });
    await input.waitFor({ state: 'hidden', timeout: ATTEMPT_MS });
  }

  /** Opens the quick input by a key and fills it. A key that falls into a change of focus is lost, so callers try again. */
  async #quickInput(key: string, text: string): Promise<void> {
    const input = this.#quickInputField();
    await this.closeQuickInput();
    await this.page.keyboard.press(key);
    await input.waitFor({ timeout: ATTEMPT_MS });
    // It closes again when a page takes the focus.
    await input.fill(text, { timeout: ATTEMPT_MS });
  }
}

/** Tries again what failed because Playwright waited in vain. */
async function retry(attempt: () => Promise<void>): Promise<void> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || count === ATTEMPTS) throw error;
    }
  }
}
