import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Workbench } from '../helpers/vscode/workbench.ts';

const READY_MS = 60_000;
const SHOWN_MS = 45_000;
const SCRIPT = 'one = input("One? ")\ntwo = input("Two? ")\nthree = input("Three? ")\n(one, two, three)\n';
const WORK = `planets = ["Mercury", "Venus", "Earth"]
len(planets)
planets.index("Pluto")
for planet in planets: print(planet)
`;
const SHOWN = [/✓/, /→ 3/, /ValueError/, /Earth/];

describe('two windows on one workspace', () => {
  const vscode = useWorkbench({
    files: { 'ask.py': SCRIPT, 'work.py': WORK },
    settings: { 'editor.minimap.enabled': false, 'files.autoSave': 'off', 'editor.autoClosingBrackets': 'never' },
  });
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

  /** In both. */
  async function closed(line: number): Promise<void> {
    for (const window of windows) await box(window).waitFor({ state: 'hidden', timeout: SHOWN_MS });
    for (const window of windows) await inline(window, line, /✓/);
  }

  it('both show a question; an answer in the other one closes it here', async function () {
    this.timeout(2 * READY_MS);
    const [first, second] = windows;
    await ask(first, 1);
    await first.screenshot('two-windows-first');
    await second.screenshot('two-windows-second');
    await second.fillInput('from the second');
    await closed(1);
  });

  it('and so does an answer in the one that ran it', async function () {
    this.timeout(2 * READY_MS);
    const [, second] = windows;
    await ask(second, 2);
    await second.fillInput('from the second as well');
    await closed(2);
  });

  it('of two answers at once the first one counts, and both close', async function () {
    this.timeout(2 * READY_MS);
    const [first, second] = windows;
    await ask(first, 3);
    await field(first).fill('first');
    await field(second).fill('second');
    await Promise.all(windows.map((window) => field(window).press('Enter')));
    await closed(3);
    await first.goToLine(4);
    await first.key('Control+Enter');
    for (const window of windows) {
      await inline(window, 4, /→ \('from the second', 'from the second as well', '(first|second)'\)/);
    }
  });

  it('show what either runs on its lines, in the side bar and in the panel', async function () {
    this.timeout(4 * READY_MS);
    const [first, second] = windows;
    for (const window of windows) {
      await window.openFile('work.py');
      await window.showSideBar('Holdfast');
      await window.command('Holdfast: Show Results');
      await window.openFile('work.py');
    }
    for (const [line, window] of [first, second, first, second].entries()) {
      await window.goToLine(line + 1);
      await window.key('Control+Enter');
      for (const each of windows) await inline(each, line + 1, SHOWN[line] ?? /never/);
    }
    for (const window of windows) {
      await eventually(async () => {
        const rows = await window.treeRows('Namespace');
        assert.ok(
          rows.some(({ label, description }) => label === 'planets' && description.includes('Mercury')),
          JSON.stringify(rows),
        );
      }, SHOWN_MS);
      const printed = window.webviewFrame('webviewView').locator('.output').filter({ hasText: 'Mercury' });
      await eventually(async () => assert.equal((await printed.innerText()).trim(), 'Mercury\nVenus\nEarth'), SHOWN_MS);
    }
    await first.screenshot('two-windows-results-first');
    await second.screenshot('two-windows-results-second');
  });

  it('show a result where its code is: not before a line that was changed is saved', async function () {
    this.timeout(2 * READY_MS);
    const [first, second] = windows;
    await first.goToLine(2);
    await first.key('End');
    await first.page.keyboard.type(' * 2');
    await inline(first, 2, /→ 3.*stale/);
    await first.key('Control+Enter');
    await inline(first, 2, /→ 6$/);
    await inline(second, 2, /→ 3$/);
    await first.key('Control+S');
    await inline(second, 2, /→ 6$/);
  });

  it('opened after the work, shows it too', async function () {
    this.timeout(4 * READY_MS);
    const third = await vscode.openAnother();
    await eventually(() => third.openFile('work.py'), READY_MS);
    await inline(third, 2, /→ 6$/);
    await inline(third, 3, /ValueError/);
    await third.page.context().close();
  });
});
