import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';

const READY_MS = 60_000;
const SHOWN_MS = 30_000;

const SCRIPT = `6 * 7
1 / 0
"changes"
import pathlib, time
while not pathlib.Path("go").exists(): time.sleep(0.05)
print("through"); crew = 5
name = input("Who? ")
`;
/** Takes twenty seconds. */
const SLOW = `import time
for n in range(20): print("line", n, flush=True); time.sleep(1)
`;
const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { language_info: { name: 'python' } },
  cells: ['import pathlib, time\nprint("waits")\nwhile not pathlib.Path("on").exists(): time.sleep(0.05)\n"came"'].map(
    (source) => ({ cell_type: 'code', id: 'c0', metadata: {}, source, execution_count: null, outputs: [] }),
  ),
});

/** It has an extension host of its own and finds the backend of the one before. */
describe('a window that is reloaded', () => {
  const vscode = useWorkbench({ files: { 'kept.py': SCRIPT, 'slow.py': SLOW, 'waits.ipynb': NOTEBOOK } });
  const page = () => vscode.workbench.page;
  const inline = async (line: number) => (await vscode.workbench.inlineTexts()).get(line) ?? '';
  const shows = (line: number, text: RegExp) =>
    eventually(async () => assert.match(await inline(line), text), SHOWN_MS);
  const allow = (name: string) => writeFile(path.join(vscode.folder, name), '');

  async function runLine(line: number): Promise<void> {
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
  }

  async function openNotebook(): Promise<void> {
    await page().keyboard.press('Control+P');
    await page().locator('.quick-input-widget:visible .quick-input-box input').fill('waits.ipynb');
    await page().locator('.quick-input-list .monaco-list-row').filter({ hasText: 'waits.ipynb' }).first().click();
    await page().locator('.notebookOverlay .cell-list-container .monaco-list-row').first().waitFor({ timeout: 10_000 });
    await page().locator('.kernel-label', { hasText: 'Holdfast' }).first().waitFor({ timeout: READY_MS });
  }

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('kept.py'), READY_MS);
  });

  it('shows results on unchanged lines, the others as stale, and what runs as running', async function () {
    this.timeout(3 * READY_MS);
    await runLine(1);
    await shows(1, /→ 42/);
    await runLine(2);
    await shows(2, /ZeroDivisionError/);
    await runLine(3);
    await shows(3, /changes/);
    await runLine(4);
    await shows(4, /✓/);
    await runLine(5);
    await shows(5, /running/);
    await writeFile(path.join(vscode.folder, 'kept.py'), SCRIPT.replace('"changes"', '"changed"'));
    await shows(3, /stale/);

    await vscode.workbench.reload();
    await eventually(() => vscode.workbench.openFile('kept.py'), READY_MS);
    await shows(1, /→ 42$/);
    await shows(2, /ZeroDivisionError/);
    await shows(3, /changes.*stale/);
    await shows(5, /running/);
    await vscode.workbench.screenshot('reload-running');
    await allow('go');
    await shows(5, /✓/);
  });

  it('sees a cell of twenty seconds end, with all its lines', async function () {
    this.timeout(3 * READY_MS);
    await vscode.workbench.openFile('slow.py');
    await runLine(1);
    await shows(1, /✓/);
    await runLine(2);
    await shows(2, /running/);
    await vscode.workbench.reload();
    await eventually(() => vscode.workbench.openFile('slow.py'), READY_MS);
    await shows(2, /running/);
    await shows(2, /line 19$/);
    await vscode.workbench.command('Holdfast: Show Results');
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n');
    const printed = vscode.workbench.webviewFrame('webviewView').locator('.output').filter({ hasText: 'line 0' });
    await eventually(async () => assert.equal((await printed.last().innerText()).trim(), lines), SHOWN_MS);
    await vscode.workbench.screenshot('reload-slow');
    await vscode.workbench.command('View: Toggle Panel Visibility');
    await vscode.workbench.openFile('kept.py');
  });

  it('shows a question that waits, with the sessions, the variables and the results', async function () {
    this.timeout(3 * READY_MS);
    await runLine(6);
    await shows(6, /through/);
    await runLine(7);
    await page().locator('.quick-input-widget:visible').filter({ hasText: 'Who?' }).waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.reload();
    await eventually(() => vscode.workbench.openFile('kept.py'), READY_MS);
    await shows(6, /through/);
    await shows(7, /waiting/i);
    await vscode.workbench.showSideBar('Holdfast');
    await eventually(async () => {
      const rows = await vscode.workbench.treeRows('Namespace');
      assert.ok(
        rows.some(({ label }) => label === 'crew'),
        JSON.stringify(rows),
      );
    }, SHOWN_MS);
    await vscode.workbench.screenshot('reload-question');
    await vscode.workbench.fillInput('Ada');
    await shows(7, /✓/);
  });

  it('does not show again what was cleared', async function () {
    this.timeout(3 * READY_MS);
    await vscode.workbench.openFile('kept.py');
    await vscode.workbench.command('Holdfast: Clear Inline Results');
    await eventually(async () => assert.deepEqual([...(await vscode.workbench.inlineTexts())], []), SHOWN_MS);
    await vscode.workbench.command('Holdfast: Clear Results');
    await runLine(6);
    await shows(6, /through/);
    await vscode.workbench.reload();
    await eventually(() => vscode.workbench.openFile('kept.py'), READY_MS);
    await shows(6, /through/);
    assert.deepEqual([...(await vscode.workbench.inlineTexts()).keys()], [6]);
    await vscode.workbench.command('Holdfast: Show Results');
    const results = vscode.workbench.webviewFrame('webviewView').locator('.header .title');
    const titles = ['print("through"); crew = 5'];
    await eventually(async () => assert.deepEqual(await results.allInnerTexts(), titles), SHOWN_MS);

    await vscode.workbench.command('View: Toggle Panel Visibility');
    await vscode.workbench.openFile('kept.py');
  });

  it('goes on with a cell of a notebook', async function () {
    this.timeout(3 * READY_MS);
    await eventually(openNotebook, READY_MS);
    await page().locator('.notebookOverlay .cell-list-container .monaco-list').first().focus();
    for (const key of ['Escape', 'Control+Home', 'Shift+Enter']) await vscode.workbench.key(key);
    const running = page()
      .locator('.notebookOverlay .cell-statusbar-container .codicon-notebook-state-executing')
      .first();
    await running.waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.reload();
    await eventually(openNotebook, READY_MS);
    await running.waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('reload-notebook-running');
    await allow('on');
    const outputs = vscode.workbench.webviewFrame('notebookRenderer');
    await outputs.getByText('came').first().waitFor({ timeout: SHOWN_MS });
    await outputs.getByText('waits').first().waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('reload-notebook-ended');
  });
});
