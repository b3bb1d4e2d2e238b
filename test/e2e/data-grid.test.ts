import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const READY_MS = 60_000;
const SHOWN_MS = 20_000;

const PYTHON = `import datetime
planets = [("Mercury", 0), ("Venus", 0), ("Earth", 1), ("Mars", 2)]
moons = [{"planet": planets[n % 4][0], "number": n, "mass": None if n % 7 == 0 else n * 1.5, "seen": n % 2 == 0, "day": datetime.date(2031, 1, 1 + n % 28)} for n in range(100_000)]
`;

describe('the data grid in VS Code', () => {
  const vscode = useWorkbench({ files: { 'moons.py': PYTHON }, settings: { 'editor.minimap.enabled': false } });
  const grid = () => vscode.workbench.webviewFrame();
  const cell = (row: number, column: number) => grid().locator(`#cell-${row}-${column}`);
  const header = (name: string) => grid().locator('[role="columnheader"]').filter({ hasText: name });

  before('open a table', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('moons.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    for (const line of [1, 2, 3]) {
      await vscode.workbench.goToLine(line);
      await vscode.workbench.key('Control+Enter');
      await eventually(async () => assert.match((await vscode.workbench.inlineTexts()).get(line) ?? '', /✓/), SHOWN_MS);
    }
    await vscode.workbench.command('Holdfast: Open in Data Grid');
    await vscode.workbench.pick('moons');
    await cell(3, 0).getByText('Mars').waitFor({ timeout: SHOWN_MS });
  });

  it('shows rows of the session as one scrolls to them', async () => {
    await cell(0, 1).click();
    await vscode.workbench.key('Control+End');
    await cell(99_999, 1).getByText('99999').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.key('Control+Home');
    await cell(0, 1).getByText('0').waitFor({ timeout: SHOWN_MS });
  });

  it('sorts, filters and makes columns wider', async () => {
    await header('number').locator('button').click();
    await header('number').locator('button').click();
    await cell(0, 1).getByText('99999').waitFor({ timeout: SHOWN_MS });
    await header('planet').locator('input').fill('mars');
    await header('planet').locator('input').press('Enter');
    await grid().locator('.size').getByText('25,000 of 100,000 rows').waitFor({ timeout: SHOWN_MS });
    const width = async () => (await cell(0, 0).boundingBox())?.width ?? 0;
    const before = await width();
    const edge = await header('planet').locator('.edge').boundingBox();
    assert.ok(edge);
    const { mouse } = vscode.workbench.page;
    await mouse.move(edge.x + 4, edge.y + 8);
    await mouse.down();
    await mouse.move(edge.x + 104, edge.y + 8, { steps: 4 });
    await mouse.up();
    assert.equal(Math.round(await width()), Math.round(before + 100));
  });

  it('shows what another cell has changed', async () => {
    await vscode.workbench.openFile('moons.py');
    await vscode.workbench.key('Control+End');
    await vscode.workbench.page.keyboard.type('moons = [{"planet": "Mars", "number": 7}]');
    await vscode.workbench.key('Control+Enter');
    await vscode.workbench.command('View: Open Next Editor');
    await grid().locator('.size').getByText('1 rows').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.openFile('moons.py');
    await vscode.workbench.goToLine(3);
    await vscode.workbench.key('Control+Enter');
    await vscode.workbench.command('View: Open Next Editor');
    await grid().locator('.size').getByText('25,000 of 100,000 rows').waitFor({ timeout: SHOWN_MS });
  });

  for (const theme of ['dark', 'light', 'hc', 'hc-light'] satisfies Theme[]) {
    it(`can be looked at in the ${theme} theme`, async function () {
      this.timeout(READY_MS);
      await vscode.workbench.setTheme(theme);
      await cell(2, 1).click();
      await cell(4, 3).click({ modifiers: ['Shift'] });
      await vscode.workbench.screenshot(`data-grid-${theme}`);
    });
  }
});
