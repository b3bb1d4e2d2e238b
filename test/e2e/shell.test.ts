import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 20_000;
const READY_MS = 60_000;
const THEMES = ['dark', 'light'] satisfies Theme[];

/** Below the lists that open over the top of the editor, so that pictures show both. */
const FIRST = 15;
const LOOP = `${'\n'.repeat(FIRST - 1)}turns = 0\nwhile True: turns += 1\nturns > 0\n`;

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
    await run(FIRST);
    await shows(FIRST, '✓');
    await run(FIRST + 1);
    await eventually(async () => assert.match(await item().innerText(), /running [2-9] s/), SHOWN_MS);
    // Progress in the window, from the third second on.
    await vscode.workbench.page.getByText(`Holdfast runs loop.py:${FIRST + 1}`).waitFor({ timeout: SHOWN_MS });
    await look('status-menu', async () => {
      await item().click();
      await list().getByText('Cancel Execution').waitFor();
    });
    await item().click();
    await vscode.workbench.pick('Cancel Execution');
    await shows(FIRST + 1, '■ cancelled');
    await run(FIRST + 2);
    await shows(FIRST + 2, '→ True');
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
    const rows = () => list().locator('.monaco-list-row', { hasText: /Python 3\.\d+\.\d+/ });
    const searching = list().locator('.quick-input-progress.active');
    await look('interpreter-picker', async () => {
      await vscode.workbench.command('Holdfast: Select Interpreter');
      await rows().first().waitFor({ timeout: SHOWN_MS });
      await searching.waitFor({ state: 'hidden', timeout: SHOWN_MS });
    });
  });

  it('try a path that is entered before it is taken', async () => {
    await vscode.workbench.command('Holdfast: Select Interpreter');
    await vscode.workbench.pick('Enter a path…');
    await list().getByText('A path, relative to the workspace or absolute').waitFor();
    await list().locator('.quick-input-box input').fill('/nowhere/python3');
    await list().getByText('"/nowhere/python3" was not found').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.key('Escape');
  });

  it('walk through five steps, each done when it is done', async () => {
    await vscode.workbench.command('View: Close Primary Side Bar');
    const page = vscode.workbench.page.locator('.gettingStartedContainer');
    const step = (title: string) => page.locator('.getting-started-step', { hasText: title });
    const show = async (title: string) => {
      await vscode.workbench.command('Holdfast: Get Started');
      await page.getByText('Get started with Holdfast').first().waitFor();
      if (!(await step(title).getAttribute('class'))?.includes('expanded')) await step(title).click();
    };
    const isDone = (title: string) => step(title).locator('.codicon-getting-started-step-checked.complete').waitFor();
    const press = (name: string) => page.getByRole('button', { name }).click();
    const steps = [
      'Run a line',
      'Choose an interpreter',
      'Choose your keys',
      'Look at variables and output',
      'Stop what takes too long',
    ] as const;

    await show(steps[0]);
    await press('Python Sample');
    await vscode.workbench.page.getByText('Two minutes with Holdfast, in Python').waitFor();
    await run(5);
    await shows(5, '→ 42');
    await show(steps[0]);
    await isDone(steps[0]);
    await show(steps[1]);
    await press('Select Node.js');
    await list().getByText('Node.js for new sessions').waitFor();
    await vscode.workbench.key('Escape');
    await isDone(steps[1]);
    await show(steps[2]);
    await press('Run Statements with Shift+Enter');
    await isDone(steps[2]);
    await show(steps[3]);
    await press('Show Results');
    await isDone(steps[3]);
    await show(steps[4]);
    await press('Show the Menu');
    await list().getByText('Show Log').waitFor();
    await vscode.workbench.key('Escape');
    await isDone(steps[4]);

    await vscode.workbench.command('View: Hide Panel');
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await show(steps[0]);
      await page.locator('.getting-started-media webview, .getting-started-media iframe').first().waitFor();
      await vscode.workbench.screenshot(`walkthrough-${theme}`);
    }
  });

  it('give Shift+Enter to who has chosen it', async () => {
    await vscode.workbench.openFile('keys.py');
    await vscode.workbench.goToLine(2);
    await vscode.workbench.key('Shift+Enter');
    await shows(2, '→ 4');
  });
});
