import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { pageDocument } from '../../extension/platform/page-document.ts';
import type { FromPage, ResultItem, ToPage } from '../../media/protocol.ts';
import type { PageWords } from '../../media/words.ts';
import { inRoot } from '../../scripts/lib/paths.ts';
import { makeTemporary, removeTemporary } from '../../scripts/lib/temporary.ts';
import { openBrowser, openContext } from './vscode/browser.ts';

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
const WEBVIEW = inRoot('dist/webview');

/** What stands where VS Code's side of the webview does. */
interface WebviewGlobals {
  posted: FromPage[];
  postMessage(message: unknown, origin: string): void;
  location: { origin: string };
}

export interface ShownForm {
  readonly key: number;
  readonly mime: string;
  readonly data: string | Uint8Array;
}

/** The page of the results panel in Chromium, with its own policy, and without VS Code around it. */
export class ResultsPageUnderTest {
  readonly page: Page;
  /** The address of another server, and what it was asked for: nothing of the page may reach it. */
  readonly elsewhere: string;
  readonly requests: string[] = [];
  /** Scripts that ran although they must not, and what the page says of itself. */
  readonly errors: string[] = [];
  #forms: readonly ShownForm[] = [];

  constructor(page: Page, elsewhere: string) {
    this.page = page;
    this.elsewhere = elsewhere;
  }

  /** Sends a message as the extension does. */
  async send(message: ToPage): Promise<void> {
    await this.page.evaluate((message) => {
      const { postMessage, location } = globalThis as unknown as WebviewGlobals;
      postMessage(message, location.origin);
    }, message);
  }

  /** Shows executions, from the first message on. Forms are answered when the page asks for them. */
  async show(items: readonly Partial<ResultItem>[], forms: readonly ShownForm[] = []): Promise<void> {
    this.#forms = forms;
    const words = wordsForTests();
    await this.send({ type: 'reset', words, host: 'panel', items: items.map(resultItem), namespaces: [] });
  }

  /** One execution that shows one value. */
  async showValue(mime: string, data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    const key = Math.floor(performance.now() * 1000);
    await this.show([{ rich: [{ key, at: null, forms: [{ mime, bytes }] }] }], [{ key, mime, data }]);
  }

  /** What the page has asked for, but for the content of values. */
  async posted(): Promise<FromPage[]> {
    return this.page.evaluate(() => (globalThis as unknown as WebviewGlobals).posted);
  }

  async answer(message: FromPage): Promise<void> {
    if (message.type === 'error') this.errors.push(message.message);
    if (message.type !== 'content') return;
    const form = this.#forms.find(({ key, mime }) => key === message.key && mime === message.mime);
    const data = typeof form?.data === 'string' ? new TextEncoder().encode(form.data) : form?.data;
    const { key, mime } = message;
    const base64 = data ? Buffer.from(data).toString('base64') : null;
    // Playwright carries no bytes into a page.
    await this.page.evaluate(
      ({ key, mime, base64 }) => {
        const { postMessage, location } = globalThis as unknown as WebviewGlobals;
        const data = base64 === null ? null : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        postMessage({ type: 'content', key, mime, data }, location.origin);
      },
      { key, mime, base64 },
    );
  }
}

export interface PageOptions {
  readonly script: string;
  readonly element: string;
  /** Answers what the page asks for, as the extension would. */
  answer?(message: unknown, send: (message: unknown) => Promise<void>): Promise<void>;
}

const RESULTS: PageOptions = { script: '/results.js', element: 'holdfast-results' };

/** Opens a page before each test of a `describe`; behind it nothing may have run or been fetched that is not our own. */
export function useResultsPage(options = RESULTS): { readonly results: ResultsPageUnderTest } {
  let server: Server;
  let elsewhere: Server;
  let browser: Browser;
  let home: string;
  let results: ResultsPageUnderTest;

  before('open Chromium', async function () {
    this.timeout(60_000);
    home = await makeTemporary('hf-page');
    server = await listen((request, response) => void serve(request.url ?? '/', response, options));
    elsewhere = await listen(({ url }, response) => {
      results.requests.push(url ?? '');
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end();
    });
    browser = await openBrowser(home);
  });

  beforeEach('open the page', async () => {
    const page = await (await openContext(browser)).newPage();
    results = new ResultsPageUnderTest(page, addressOf(elsewhere));
    const origin = addressOf(server);
    page.on('pageerror', (error) => results.errors.push(String(error)));
    page.on('dialog', (dialog) => {
      results.errors.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.exposeFunction('answerPage', async (message: FromPage) => {
      await options.answer?.(message, (answer) => results.send(answer as ToPage));
      await results.answer(message);
    });
    await page.addInitScript(standIn);
    await page.goto(`${origin}/page.html`);
    await page.waitForFunction(() =>
      (globalThis as unknown as WebviewGlobals).posted?.some(({ type }) => type === 'ready'),
    );
  });

  afterEach('nothing else ran, and nothing was fetched', async () => {
    const { page, errors, requests } = results;
    const title = await page.title();
    await page.context().close();
    assert.deepEqual({ errors, requests, title }, { errors: [], requests: [], title: 'Results' });
  });

  after('close Chromium', async () => {
    await browser.close();
    for (const it of [server, elsewhere]) await new Promise((resolve) => it.close(resolve));
    await removeTemporary(home);
  });

  return {
    get results() {
      return results;
    },
  };
}

async function listen(answer: RequestListener): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function addressOf(server: Server): string {
  // It listens on a port, not on a path.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs in the page, before its scripts. */
function standIn(): void {
  const scope = globalThis as unknown as WebviewGlobals & {
    acquireVsCodeApi(): unknown;
    answerPage(message: FromPage): void;
    sessionStorage: { getItem(name: string): string | null; setItem(name: string, value: string): void };
    self: unknown;
    top: unknown;
  };
  if (scope.self !== scope.top) return;
  scope.posted = [];
  scope.acquireVsCodeApi = () => ({
    postMessage(message: FromPage) {
      if (message.type !== 'content') scope.posted.push(message);
      scope.answerPage(message);
    },
    getState: () => JSON.parse(scope.sessionStorage.getItem('state') ?? 'null'),
    setState: (state: unknown) => scope.sessionStorage.setItem('state', JSON.stringify(state)),
  });
}

async function serve(url: string, response: ServerResponse, { script, element }: PageOptions): Promise<void> {
  const { pathname } = new URL(url, 'http://page');
  if (pathname === '/page.html') {
    const source = "'self'";
    const styles = { 'vscode-codicon-stylesheet': '/codicon.css', 'katex-stylesheet': '/katex.css' };
    const fixed = { nonce: 'bm9uY2U', source, language: 'en', title: 'Results', element, styles };
    response.writeHead(200, { 'content-type': 'text/html' }).end(pageDocument({ ...fixed, script }));
    return;
  }
  const file = path.join(WEBVIEW, pathname);
  try {
    if (!file.startsWith(WEBVIEW)) throw new Error('outside');
    const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(await readFile(file));
  } catch {
    response.writeHead(404).end();
  }
}

export function resultItem(fields: Partial<ResultItem>): ResultItem {
  return {
    id: 'a',
    status: 'succeeded',
    place: 'tour.py:1',
    title: 'code',
    by: null,
    at: 0,
    seconds: 0.01,
    value: null,
    table: false,
    problem: null,
    links: [],
    rich: [],
    notKept: null,
    progress: [],
    rerun: true,
    ...fields,
  };
}

/** Each word is its own name: a test sees which one is shown. */
function wordsForTests(): PageWords {
  const statuses = Object.fromEntries(
    ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'lost', 'background'].map((it) => [it, it]),
  );
  const names = [
    ...['results', 'namespace', 'plots', 'noResults', 'noVariables', 'noPlots', 'noMatches', 'name', 'type', 'value'],
    ...['size', 'copy', 'cancel', 'rerun', 'save', 'openOutput', 'clear', 'popOut', 'search', 'nextMatch'],
    ...['previousMatch', 'closeSearch', 'cut', 'more', 'running', 'showCode', 'shownAs', 'loading', 'notKept'],
    ...[
      'session',
      'filter',
      'openGrid',
      'collapse',
      'copyPlot',
      'savePlot',
      'showResult',
      'copied',
      'htmlContent',
      'plot',
      'expand',
    ],
  ];
  return {
    ...Object.fromEntries(names.map((name) => [name, name])),
    matchOf: '{0} of {1}',
    cannotShow: 'cannot show: {0}',
    tooLarge: 'too large: {0}',
    moreItems: 'more items: {0}',
    statuses,
  } as unknown as PageWords;
}
