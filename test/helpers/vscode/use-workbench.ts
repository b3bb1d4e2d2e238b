import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { stopBackends } from '../../../scripts/lib/stop-backends.ts';
import { makeTemporary, removeTemporary } from '../../../scripts/lib/temporary.ts';
import { makeVsix } from '../../../scripts/lib/vsix.ts';
import { installVSCodeHost } from '../../../scripts/vscode-host/install.ts';
import { installExtension, type Server, startServer } from '../../../scripts/vscode-host/server.ts';
import { writeSettings } from '../../../scripts/vscode-host/settings.ts';
import { openBrowser, openContext } from './browser.ts';
import { logTail } from './log-tail.ts';
import { Workbench } from './workbench.ts';

const OPEN_MS = 120_000;
const SETTINGS = { 'git.enabled': false, 'workbench.reduceMotion': 'on', 'workbench.colorTheme': 'Dark Modern' };

export interface WorkbenchOptions {
  /** Files of the workspace by their paths in it. */
  files: Record<string, string>;
  settings?: Record<string, unknown>;
  /** The folder is not trusted until the person says so. */
  workspaceTrust?: boolean;
  /** The display language, for the texts of extensions. The workbench itself stays English: its texts come in language packs. */
  language?: string;
}

/** What the tests of one `describe` work with; there from its first test on. */
export interface OpenWorkbench {
  readonly workbench: Workbench;
  /** The folder that is open, by its real path. */
  readonly folder: string;
  readonly server: Server;
  /** The `HOLDFAST_STATE_DIR` of its backend. */
  readonly stateDirectory: string;
  /** Closes the page, as a person closes the tab, and opens the same folder in a new one. */
  reopen(): Promise<void>;
  /** Opens the same folder in one more window, which `workbench` is not. */
  openAnother(): Promise<Workbench>;
}

/**
 * Gives the tests of the enclosing `describe` a VS Code of their own with the packaged extension in it, opened in Chromium on a new
 * folder. A test that fails leaves a picture of the window and prints where it is, with the end of the server's log.
 */
export function useWorkbench(options: WorkbenchOptions): OpenWorkbench {
  const open = new Opened();

  before('open VS Code', async function () {
    this.timeout(OPEN_MS);
    await open.start(options);
  });

  afterEach('keep a picture of a failure', async function () {
    if (this.currentTest?.state === 'failed') await open.report(this.currentTest.fullTitle());
  });

  after('close VS Code', async function () {
    this.timeout(OPEN_MS);
    await open.close();
  });

  return open;
}

class Opened implements OpenWorkbench {
  #temporary = '';
  #browser: Browser | undefined;
  #server: Server | undefined;
  #workbench: Workbench | undefined;
  #language: string | undefined;

  get workbench(): Workbench {
    return present(this.#workbench);
  }

  get server(): Server {
    return present(this.#server);
  }

  get folder(): string {
    return path.join(this.#temporary, 'workspace');
  }

  get stateDirectory(): string {
    return path.join(this.#temporary, 's');
  }

  async start({ files, settings, workspaceTrust = false, language }: WorkbenchOptions): Promise<void> {
    this.#language = language;
    this.#temporary = await makeTemporary('hf-ui');
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    const server = {
      host: await installVSCodeHost(),
      dataFolder: path.join(this.#temporary, 'd'),
      env: { EXTENSIONS_GALLERY: '{}', HOLDFAST_STATE_DIR: this.stateDirectory },
      workspaceTrust,
    };
    const trust = {
      'security.workspace.trust.enabled': workspaceTrust,
      'security.workspace.trust.startupPrompt': 'never',
    };
    await writeSettings(server.dataFolder, { ...SETTINGS, ...trust, ...settings });
    await installExtension(server, process.env['HOLDFAST_VSIX'] ?? (await makeVsix(this.#temporary)));
    this.#server = await startServer(server);
    this.#browser = await openBrowser(path.join(this.#temporary, 'home'));
    await this.reopen();
  }

  async reopen(): Promise<void> {
    await this.#workbench?.page.context().close();
    this.#workbench = await this.openAnother();
  }

  async openAnother(): Promise<Workbench> {
    const page = await (await openContext(present(this.#browser))).newPage();
    // What a language pack would set before the workbench starts.
    if (this.#language) await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(this.#language)}`);
    const workbench = new Workbench(page);
    await page.goto(this.server.workbenchUrl(this.folder));
    await workbench.ready();
    return workbench;
  }

  async report(title: string): Promise<void> {
    // A second failure here would hide the first, and a page that has crashed has no picture.
    const picture = await this.#workbench?.screenshot(`failed-${title}`).catch((error: Error) => error.message);
    if (picture) console.log(`Picture: ${picture}`);
    if (this.#server) console.log(`End of the server's log:\n${await logTail(this.#server.logFile, 20)}`);
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.stop();
    if (!this.#temporary) return;
    await stopBackends(this.stateDirectory);
    await removeTemporary(this.#temporary);
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('VS Code is open only while the tests of its describe run.');
  return value;
}
