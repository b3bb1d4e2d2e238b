import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 45_000;
const READY_MS = 60_000;
const VIEW = 'Sessions & Tasks';
const THEMES: readonly Theme[] = ['dark', 'light'];

const PYTHON = `# %% Download the planets
runs = 0
def load(name): global runs; runs += 1; return {"name": name, "moons": list(range(100))}
# %% Read them
planets = [step("planet", load, name, key=name) for name in ("Mars", "Jupiter")]
model = step("train", sum, [1, 2])
runs
`;

describe('kept steps', () => {
  const vscode = useWorkbench({
    files: { 'planets.py': PYTHON },
    settings: {
      'editor.minimap.enabled': false,
      'editor.autoClosingBrackets': 'never',
      'editor.quickSuggestions': 'off',
    },
  });
  const labels = async () => (await vscode.workbench.treeRows(VIEW)).map(({ label }) => label);
  const cells = async () => (await labels()).filter((label) => label === '# %% Read them').length;
  const row = (label: string) => vscode.workbench.page.getByRole('treeitem', { name: new RegExp(`^${label}`) }).first();
  const box = () => vscode.workbench.page.locator('.quick-input-widget:visible');
  const dialog = () => vscode.workbench.page.locator('.monaco-dialog-box');

  async function runCell(line: number, end: number, shown: string): Promise<void> {
    await vscode.workbench.openFile('planets.py');
    await vscode.workbench.goToLine(line);
    await vscode.workbench.command('Holdfast: Run Cell');
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(end), shown), SHOWN_MS);
  }

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('planets.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    await runCell(2, 3, '✓');
    await runCell(5, 7, '→ 2');
  });

  it('are listed by cell, with key, type, size and time', async function () {
    this.timeout(2 * READY_MS);
    await vscode.workbench.showSideBar('Holdfast');
    await row('Kept Steps').click();
    await eventually(async () => assert.ok((await labels()).includes('# %% Read them')), SHOWN_MS);
    await row('# %% Read them').click();
    await eventually(async () => assert.ok((await labels()).includes('planet · "Mars"')), SHOWN_MS);
    const shown = await labels();
    for (const label of ['train', 'planet · "Jupiter"']) assert.ok(shown.includes(label), shown.join(' | '));
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.screenshot(`steps-view-${theme}`);
    }
  });

  it('ask a person when their cell was edited, and stay when told so', async function () {
    this.timeout(2 * READY_MS);
    await runCell(2, 3, '✓');
    await vscode.workbench.openFile('planets.py');
    await vscode.workbench.goToLine(7);
    await vscode.workbench.key('End');
    await vscode.workbench.page.keyboard.type(' + 10');
    await vscode.workbench.command('Holdfast: Run Cell');
    await box().getByText('Keep the finished steps').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('steps-edited');
    await vscode.workbench.pick('Keep the finished steps');
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(7), '→ 10'), SHOWN_MS);
  });

  it('are forgotten from their row, and run again', async function () {
    this.timeout(2 * READY_MS);
    await vscode.workbench.command('Holdfast: Forget Kept Steps…');
    await box().getByText('Forget which steps?').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('steps-pick');
    await eventually(() => vscode.workbench.closeQuickInput(), SHOWN_MS);
    // The earlier text of the cell has its own.
    await eventually(async () => assert.equal(await cells(), 2), SHOWN_MS);
    const cell = row('# %% Read them');
    await cell.hover();
    await cell.getByRole('button', { name: 'Forget Kept Steps…' }).click();
    await dialog().getByText('Forget 3 steps?').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('steps-forget');
    await dialog().getByRole('button', { name: 'Forget' }).click();
    await eventually(async () => assert.equal(await cells(), 1), SHOWN_MS);
  });
});
