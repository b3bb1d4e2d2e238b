import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 20_000;
const READY_MS = 60_000;
const THEMES = ['dark', 'light'] satisfies Theme[];

const LOOP = 'turns = 0\nwhile True: turns += 1\nturns > 0\n';

describe('the pickers, the status bar and the walkthrough', () => {
  const vscode = useWorkbench({
    files: { 'loop.py': LOOP, 'other.py': '"turns" in globals()\n', 'keys.py': '1 + 1\n2 + 2\n' },
    settings: { 'editor.minimap.enabled': false },
  });
  const item = () =>
    vscode.workbench.page.locator('.part.statusbar .statusbar-item[id="holdfast.holdfast.holdfast.status"]');
  const list = () => vscode.workbench.page.locator('.quick-input-widget:visible');

  async function run(line: number): Promise<void> {
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
  }
  const shows = (line: number, text: string | RegExp) =>
    eventually(async () => {
      const shown = (await vscode.workbench.inlineTexts()).get(line) ?? '';
      if (typeof text === 'string') assert.equal(shown, text);
      else assert.match(shown, text);
    }, SHOWN_MS);
  /** Takes a picture in each theme of what `open` opens. */
  async function look(name: string, open: () => Promise<void>): Promise<void> {
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await open();
      await vscode.workbench.screenshot(`${name}-${theme}`);
      await vscode.workbench.key('Escape');
    }
  }

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('loop.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
  });

  it('say since when code runs, and cancel it from the menu', async () => {
    await run(1);
    await shows(1, '✓');
    await run(2);
    await eventually(async () => assert.match(await item().innerText(), /running [2-9] s/), SHOWN_MS);
    // Progress in the window, from the third second on.
    await vscode.workbench.page.getByText('Holdfast runs loop.py:2').waitFor({ timeout: SHOWN_MS });
    await look('status-menu', async () => {
      await item().click();
      await list().getByText('Cancel Execution').waitFor();
    });
    await item().click();
    await vscode.workbench.pick('Cancel Execution');
    await shows(2, '■ cancelled');
    await run(3);
    await shows(3, '→ True');
  });

  it('let a file run in a session of its own, which the status bar names', async () => {
    await vscode.workbench.openFile('other.py');
    await run(1);
    await shows(1, '→ True');
    await item().click();
    await vscode.workbench.pick('Switch Session');
    await list().getByText('runs this file').waitFor();
    await vscode.workbench.pick('New Session…');
    await vscode.workbench.fillInput('tea');
    await eventually(async () => assert.match(await item().innerText(), /Holdfast: tea/), SHOWN_MS);
    await run(1);
    await shows(1, '→ False');
    await look('session-picker', async () => {
      await vscode.workbench.command('Holdfast: Switch Session');
      await list().getByText('runs this file').waitFor();
    });
  });

  it('list the interpreters of the machine', async () => {
    await look('interpreter-picker', async () => {
      await vscode.workbench.command('Holdfast: Select Interpreter');
      await list()
        .locator('.monaco-list-row', { hasText: /Python 3\.\d+\.\d+/ })
        .first()
        .waitFor({ timeout: SHOWN_MS });
      await list().locator('.monaco-progress-container:not(.active)').first().waitFor({ state: 'attached' });
    });
  });

  it('open a walkthrough whose steps are done when they are done', async () => {
    await vscode.workbench.command('Holdfast: Get Started');
    const page = vscode.workbench.page.locator('.gettingStartedContainer');
    await page.getByText('Get started with Holdfast').first().waitFor();
    const step = (title: string) => page.locator('.getting-started-step', { hasText: title });
    await step('Choose your keys').click();
    await page.getByRole('button', { name: 'Run Statements with Shift+Enter' }).click();
    await step('Choose your keys').locator('.codicon-getting-started-step-checked.complete').waitFor();
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      for (const [index, title] of [
        'Run a line',
        'Choose an interpreter',
        'Choose your keys',
        'Look at variables and output',
        'Stop what takes too long',
      ].entries()) {
        if (!(await step(title).getAttribute('class'))?.includes('expanded')) await step(title).click();
        await vscode.workbench.screenshot(`walkthrough-${index + 1}-${theme}`);
      }
    }
  });

  it('give Shift+Enter to who has chosen it', async () => {
    await vscode.workbench.openFile('keys.py');
    await vscode.workbench.goToLine(2);
    await vscode.workbench.key('Shift+Enter');
    await shows(2, '→ 4');
  });
});
