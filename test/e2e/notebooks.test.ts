import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 30_000;
const READY_MS = 60_000;

const CELLS = [
  ['markdown', '# Planets\n\nDistances in astronomical units, $d$.'],
  [
    'python',
    `class Table:
    def _repr_html_(self):
        return "<table><tr><th>planet</th><th>distance</th></tr><tr><td>Mars</td><td>1.52</td></tr></table>"

for planet in ["Mercury", "Venus"]:
    print(planet)
display(Table())
{"Mars": 1.52}`,
  ],
  ['typescript', 'const moons: Record<string, number> = { Earth: 1, Mars: 2 }\nmoons'],
  ['python', 'def half(n):\n    return n / 0\n\nhalf(3)'],
  ['python', 'import time\nfor n in range(100_000):\n    time.sleep(0.05)'],
] as const;

const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { language_info: { name: 'python' } },
  cells: CELLS.map(([language, source], index) =>
    language === 'markdown'
      ? { cell_type: 'markdown', id: `c${index}`, metadata: {}, source }
      : {
          cell_type: 'code',
          id: `c${index}`,
          metadata: language === 'python' ? {} : { vscode: { languageId: language } },
          source,
          execution_count: null,
          outputs: [],
        },
  ),
});

describe('a notebook', () => {
  const vscode = useWorkbench({
    files: { 'planets.ipynb': NOTEBOOK, 'planets.py': '# %% [markdown]\n# # Planets\n\n# %% Mars\nmars = 1.52\n' },
    settings: { 'notebook.globalToolbar': true, 'workbench.sideBar.location': 'left' },
  });
  const page = () => vscode.workbench.page;
  const LIST = '.notebookOverlay .cell-list-container .monaco-list';
  const outputs = () => vscode.workbench.webviewFrame('notebookRenderer');

  async function openNotebook(): Promise<void> {
    await page().keyboard.press('Control+P');
    await page().locator('.quick-input-widget:visible .quick-input-box input').fill('planets.ipynb');
    await page().locator('.quick-input-list .monaco-list-row').filter({ hasText: 'planets.ipynb' }).first().click();
    await page().locator(`${LIST}-row`).nth(1).waitFor({ timeout: 10_000 });
  }

  /** By the keyboard: a cell that is out of sight is not in the page. */
  async function runCell(index: number): Promise<void> {
    await page().locator(LIST).first().focus();
    for (const key of ['Escape', 'Control+Home', ...Array(index).fill('ArrowDown'), 'Shift+Enter']) {
      await vscode.workbench.key(key);
    }
  }

  before('open the notebook', async function () {
    this.timeout(2 * READY_MS);
    await eventually(openNotebook, READY_MS);
    await page().locator('.kernel-label', { hasText: 'Holdfast' }).first().waitFor({ timeout: READY_MS });
  });

  it('shows what its cells print, display and come to', async () => {
    await runCell(1);
    await outputs().getByText('Mercury').first().waitFor({ timeout: SHOWN_MS });
    await outputs().getByRole('cell', { name: 'Mars' }).first().waitFor();
    await outputs().getByText("{'Mars': 1.52}").first().waitFor();
    await runCell(2);
    await outputs()
      .getByText(/Earth.*1.*Mars.*2/)
      .first()
      .waitFor({ timeout: SHOWN_MS });
  });

  it('links an error to the line of the cell', async () => {
    await runCell(3);
    const link = outputs().getByRole('link', { name: 'line 2' }).first();
    await link.waitFor({ timeout: SHOWN_MS });
    await outputs().getByText('File "planets.ipynb, cell 4", line 2, in half').first().waitFor();
    await link.click();
    await eventually(async () => {
      const status = (await vscode.workbench.statusBar()).join(' ');
      assert.match(status, /Ln 2|Cell 4 of 5/);
    }, SHOWN_MS);
  });

  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    it(`can be looked at in the ${theme} theme`, async () => {
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.screenshot(`notebook-${theme}`);
    });
  }
});
