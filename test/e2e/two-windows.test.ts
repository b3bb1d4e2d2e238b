import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Workbench } from '../helpers/vscode/workbench.ts';

const READY_MS = 60_000;
const SHOWN_MS = 45_000;
const SCRIPT = 'one = input("One? ")\ntwo = input("Two? ")\nthree = input("Three? ")\n(one, two, three)\n';

describe('two windows on one workspace', () => {
  const vscode = useWorkbench({ files: { 'ask.py': SCRIPT } });
  let windows: readonly [Workbench, Workbench];

  const box = ({ page }: Workbench) => page.locator('.quick-input-widget:visible');
  const field = (window: Workbench) => box(window).locator('.quick-input-box input');
  const inline = (window: Workbench, line: number, text: RegExp) =>
    eventually(async () => assert.match((await window.inlineTexts()).get(line) ?? '', text), SHOWN_MS);

  before('open the file in both', async function () {
    this.timeout(4 * READY_MS);
    windows = [vscode.workbench, await vscode.openAnother()];
    for (const window of windows) {
      await eventually(() => window.openFile('ask.py'), READY_MS);
      await eventually(async () => assert.ok((await window.statusBar()).includes('Holdfast')), READY_MS);
    }
  });

  /** Runs a line in a window, and waits until both ask. */
  async function ask(window: Workbench, line: number): Promise<void> {
    await window.openFile('ask.py');
    await window.goToLine(line);
    await window.key('Control+Enter');
    for (const each of windows) await box(each).getByText(`ask.py:${line} asks`).waitFor({ timeout: SHOWN_MS });
  }

  /** In both; the value is in the window that ran the line. */
  async function closed(line: number, ran: Workbench): Promise<void> {
    for (const window of windows) await box(window).waitFor({ state: 'hidden', timeout: SHOWN_MS });
    await inline(ran, line, /✓/);
  }

  it('both show a question; an answer in the other one closes it here', async function () {
    this.timeout(2 * READY_MS);
    const [first, second] = windows;
    await ask(first, 1);
    await first.screenshot('two-windows-first');
    await second.screenshot('two-windows-second');
    await second.fillInput('from the second');
    await closed(1, first);
  });

  it('and so does an answer in the one that ran it', async function () {
    this.timeout(2 * READY_MS);
    const [, second] = windows;
    await ask(second, 2);
    await second.fillInput('from the second as well');
    await closed(2, second);
  });

  it('of two answers at once the first one counts, and both close', async function () {
    this.timeout(2 * READY_MS);
    const [first, second] = windows;
    await ask(first, 3);
    await field(first).fill('first');
    await field(second).fill('second');
    await Promise.all(windows.map((window) => field(window).press('Enter')));
    await closed(3, first);
    await first.goToLine(4);
    await first.key('Control+Enter');
    await inline(first, 4, /→ \('from the second', 'from the second as well', '(first|second)'\)/);
  });
});
