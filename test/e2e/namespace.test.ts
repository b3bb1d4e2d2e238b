import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 20_000;
const READY_MS = 60_000;
const VIEW = 'Namespace';

const PYTHON = `import math, datetime
planets = {"Mercury": 57.9, "Venus": 108.2, "Earth": 149.6, "Mars": 227.9}
names, visited = sorted(planets), False
launched, crew, title = datetime.date(2031, 5, 4), None, 'Voyage \\u202eto Mars'
matrix = [[1, 2], [3, 4]]
class Probe: speed = 17.0
probe, big, fuel = Probe(), 10 ** 30, 96.5
def burn(seconds): return fuel - seconds
fuel = fuel - 1; engine_started = True
planets["Mars"] / fuel
import time; time.sleep(600)
`;
const LINES = PYTHON.trimEnd().split('\n').length;

describe('the Namespace view in VS Code', () => {
  const vscode = useWorkbench({ files: { 'voyage.py': PYTHON }, settings: { 'editor.minimap.enabled': false } });
  const rows = async () => await vscode.workbench.treeRows(VIEW);
  const labels = async () => (await rows()).map(({ label }) => label);
  const item = (name: RegExp) => vscode.workbench.page.getByRole('treeitem', { name });
  const pane = () =>
    vscode.workbench.page
      .locator('.pane')
      .filter({ has: vscode.workbench.page.locator(`.pane-header[aria-label^="${VIEW}"]`) });

  async function run(line: number): Promise<void> {
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
  }

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('voyage.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
  });

  it('lists variables by session and marks what the last run made and changed', async () => {
    for (let line = 1; line < LINES - 1; line++) {
      await run(line);
      await eventually(async () => assert.ok((await vscode.workbench.inlineTexts()).get(line)), SHOWN_MS);
    }
    await vscode.workbench.showSideBar('Holdfast');
    // Rows that do not fit into the view are not drawn.
    for (const other of ['Sessions & Tasks', 'Prompts & Grants']) {
      await vscode.workbench.page.locator(`.pane-header[aria-label^="${other}"]`).click();
    }
    await eventually(async () => assert.ok((await labels()).includes('engine_started')), SHOWN_MS);
    await run(9);
    await eventually(
      async () => assert.equal(await item(/^fuel, float, .*Changed by the last execution/).count(), 1),
      SHOWN_MS,
    );
    const shown = await rows();
    assert.ok(!shown.some(({ label }) => label === 'math'), 'modules are left out');
    assert.match(shown.find(({ label }) => label === 'python')?.description ?? '', /^\d+ variables · 2 hidden/);
  });

  it('opens what is below a value', async () => {
    await item(/^planets, dict/).click();
    await eventually(async () => assert.ok((await labels()).some((label) => label.includes('Mars'))), SHOWN_MS);
  });

  for (const theme of ['light', 'hc', 'hc-light', 'dark'] satisfies Theme[]) {
    it(`can be looked at in the ${theme} theme`, async () => {
      await vscode.workbench.setTheme(theme);
      await item(/^fuel, float/).hover();
      await vscode.workbench.screenshot(`namespace-${theme}`);
    });
  }

  it('filters while one types and says so until the filter is cleared', async () => {
    await vscode.workbench.command('Holdfast: Filter Variables');
    await vscode.workbench.fillInput('fu');
    await eventually(async () => assert.deepEqual((await labels()).slice(1), ['fuel', 'burn']), SHOWN_MS);
    await pane().getByText('Filter “fu”: 2 of').waitFor();
    await vscode.workbench.screenshot('namespace-filter');
    await pane().locator('.pane-header').hover();
    await pane().getByRole('button', { name: 'Clear Filter of Variables' }).click();
    await eventually(async () => assert.ok((await labels()).includes('planets')), SHOWN_MS);
  });

  it('shows the live value of a name where one points at it', async () => {
    await vscode.workbench.openFile('voyage.py');
    await vscode.workbench.goToLine(10);
    const line = vscode.workbench.page.locator('.view-line').filter({ hasText: '"Mars"] / fuel' });
    await eventually(async () => {
      await line
        .locator('span span')
        .first()
        .hover({ position: { x: 20, y: 8 } });
      const text = await vscode.workbench.page.locator('.monaco-hover:visible').first().innerText({ timeout: 2000 });
      assert.match(text, /planets: dict \(4\)[\s\S]*Mercury/);
    }, SHOWN_MS);
    await vscode.workbench.screenshot('namespace-hover');
    await vscode.workbench.key('Escape');
  });

  it('completes keys and attributes of live values', async () => {
    const { page } = vscode.workbench;
    await vscode.workbench.goToLine(LINES + 1);
    await page.keyboard.type('planets[');
    const suggestion = (label: string) =>
      page.locator('.suggest-widget.visible .monaco-list-row').filter({ hasText: label }).first();
    await eventually(async () => {
      if (!(await suggestion('Mercury').isVisible())) await vscode.workbench.key('Control+Space');
      await suggestion('Mercury').waitFor({ timeout: 2000 });
    }, SHOWN_MS);
    await vscode.workbench.screenshot('namespace-completion');
    await suggestion('Venus').click();
    await eventually(async () => assert.match(await vscode.workbench.visibleText(), /planets\["Venus"\]/), SHOWN_MS);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('probe.');
    await eventually(async () => {
      if (!(await suggestion('speed').isVisible())) await vscode.workbench.key('Control+Space');
      await suggestion('speed').waitFor({ timeout: 2000 });
    }, SHOWN_MS);
    await vscode.workbench.key('Escape');
  });

  it('edits a value with the button of its row, and says what is wrong with one that cannot be', async () => {
    await item(/^fuel, float/).hover();
    await item(/^fuel, float/)
      .getByRole('button', { name: 'Edit Value' })
      .click();
    await vscode.workbench.fillInput('launch()');
    await vscode.workbench.page.locator('.quick-input-widget:visible').getByText('is not a literal').waitFor();
    await vscode.workbench.screenshot('namespace-edit');
    await vscode.workbench.fillInput('42.5');
    await eventually(async () => assert.equal(await item(/^fuel, float, 42\.5/).count(), 1), SHOWN_MS);
  });

  it('deletes a variable with the Delete key, after asking', async () => {
    await item(/^burn, function/).click();
    await vscode.workbench.key('Delete');
    const dialog = vscode.workbench.page.getByRole('dialog').filter({ hasText: 'Delete the variable burn' });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await eventually(async () => assert.ok(!(await labels()).includes('burn')), SHOWN_MS);
  });

  it('says for how long a session has been busy, and shows what it last knew', async () => {
    await vscode.workbench.openFile('voyage.py');
    await run(LINES);
    await pane()
      .getByText(/python busy since \d+ s/)
      .waitFor({ timeout: SHOWN_MS });
    assert.ok((await labels()).includes('planets'));
    await item(/^matrix, list/).click();
    await eventually(async () => assert.ok((await labels()).includes('[1]')), SHOWN_MS);
    await vscode.workbench.screenshot('namespace-busy');
    await vscode.workbench.command('Holdfast: Cancel Execution');
    await eventually(
      async () =>
        assert.equal(
          await pane()
            .getByText(/busy since/)
            .count(),
          0,
        ),
      SHOWN_MS,
    );
  });
});
