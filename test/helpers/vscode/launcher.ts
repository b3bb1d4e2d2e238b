/**
 * Stands in for the desktop program that @vscode/test-electron starts: takes its arguments, runs the tests in the extension host of
 * a headless VS Code whose workbench is open in Chromium, and exits with their code.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { Cleanup } from '../../../scripts/lib/cleanup.ts';
import { RESULT_VARIABLE } from '../../../scripts/lib/mocha.ts';
import { makeTemporary, removeTemporary } from '../../../scripts/lib/temporary.ts';
import { installVSCodeHost } from '../../../scripts/vscode-host/install.ts';
import { startServer } from '../../../scripts/vscode-host/server.ts';
import { writeSettings } from '../../../scripts/vscode-host/settings.ts';
import { openBrowser, openContext } from './browser.ts';
import { logTail } from './log-tail.ts';

const WORKBENCH_LOG_LIMIT = 200;

interface DesktopArguments {
  extensions: string[];
  tests: string;
  folder: string;
}

/** Takes what matters here from the command line of the desktop program; the rest is about windows and sandboxes it has not. */
function parse(argv: readonly string[]): DesktopArguments {
  const values = (name: string) =>
    argv
      .filter((argument) => argument.startsWith(`--${name}=`))
      .map((argument) => path.resolve(argument.slice(name.length + 3)));
  const folder = argv.find((argument) => !argument.startsWith('--') && existsSync(argument));
  const [tests] = values('extensionTestsPath');
  if (!folder || !tests) throw new Error('The launcher needs a folder to open and --extensionTestsPath=FILE.');
  return { extensions: values('extensionDevelopmentPath'), tests, folder: path.resolve(folder) };
}

/** Waits for the exit code that the workbench reports: it calls these two functions where they exist. */
class TestsInPage {
  readonly log: string[] = [];
  readonly ended: Promise<number>;
  #exit: (code: number) => void = () => {};

  constructor(page: Page) {
    this.ended = new Promise((resolve, reject) => {
      this.#exit = resolve;
      page.on('crash', () => reject(new Error('The page of the workbench crashed.')));
      page.on('close', () => reject(new Error('The page of the workbench was closed.')));
    });
  }

  async listen(page: Page): Promise<void> {
    await page.exposeFunction('codeAutomationExit', (code: number) => this.#exit(code));
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown) => {
      if (type !== 'warn' && type !== 'error') return;
      this.log.push(`[${type}] ${JSON.stringify(args)}`);
      if (this.log.length > WORKBENCH_LOG_LIMIT) this.log.shift();
    });
  }
}

async function launch(desktop: DesktopArguments, cleanup: Cleanup): Promise<number> {
  const dataFolder = await makeTemporary('hf-host');
  cleanup.defer(() => removeTemporary(dataFolder));
  await writeSettings(dataFolder, { 'git.enabled': false });
  const server = await startServer({
    host: await installVSCodeHost(cleanup.signal),
    dataFolder,
    env: { EXTENSIONS_GALLERY: '{}' },
    // Without it a built VS Code does not take development extensions from the payload. It hides notifications, too.
    extraArguments: ['--enable-smoke-test-driver'],
  });
  cleanup.defer(() => server.stop());
  const browser = await openBrowser(path.join(dataFolder, 'home'));
  cleanup.defer(() => browser.close());

  const page = await (await openContext(browser)).newPage();
  const tests = new TestsInPage(page);
  await tests.listen(page);
  const development = desktop.extensions.map((folder): [string, string] => [
    'extensionDevelopmentPath',
    server.remoteUri(folder),
  ]);
  await page.goto(
    server.workbenchUrl(desktop.folder, [...development, ['extensionTestsPath', server.remoteUri(desktop.tests)]]),
  );
  const code = await tests.ended;
  // When the extension host dies the workbench reports 0: only the file that the tests write at their end counts.
  const result = process.env[RESULT_VARIABLE];
  if (result && !existsSync(result)) {
    console.error(`The extension host ended (code ${code}) before the tests did.`);
    console.error(`Workbench log:\n${tests.log.join('\n')}\nServer log:\n${await logTail(server.logFile)}`);
    return code || 1;
  }
  return code;
}

const cleanup = new Cleanup();
let code = 1;
try {
  code = await launch(parse(process.argv.slice(2)), cleanup);
} finally {
  await cleanup.run();
}
process.exitCode = code;
