import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const READY_MS = 60_000;
const SHOWN_MS = 20_000;

/** Values in every form that has a renderer, without a library: each statement is one line. */
const PYTHON = `class Rich: __init__ = lambda self, mime, data: setattr(self, mime, lambda: data)
print("plain \\x1b[31mred \\x1b[1;32mgreen\\x1b[0m \\x1b[7minverse\\x1b[0m"); 6 * 7
type("Html", (), {"_repr_html_": lambda self: "<table><thead><tr><th>planet</th><th>moons</th></tr></thead><tbody><tr><td>Earth</td><td>1</td></tr><tr><td>Mars</td><td>2</td></tr></tbody></table><a href='https://example.com/'>a link</a>"})()
type("Markdown", (), {"_repr_markdown_": lambda self: "## Planets\\n\\n* **Mars** has \`2\` moons\\n* [more](https://example.com/)\\n\\n> quoted\\n\\n\`\`\`\\ncode\\n\`\`\`"})()
type("Latex", (), {"_repr_latex_": lambda self: "$\\\\int_0^\\\\infty e^{-x^2} dx = \\\\frac{\\\\sqrt{\\\\pi}}{2}$"})()
type("Json", (), {"_repr_json_": lambda self: {"planets": [{"name": "Mars", "moons": ["Phobos", "Deimos"]}], "count": 1, "ok": True, "none": None}})()
type("Svg", (), {"_repr_svg_": lambda self: "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='60'><circle cx='30' cy='30' r='25' fill='teal'/><text x='70' y='36' fill='orange'>SVG</text></svg>"})()
[{"planet": "Mars", "moons": 2}]
def fails(): return 1 / 0
fails()
import time, sys
for n in range(1, 101): sys.stderr.write(f"\\r{n:3}%|{'#' * (n // 5):20}|")
`;

const lineOf = (start: string) => PYTHON.split('\n').findIndex((line) => line.startsWith(start)) + 1;

describe('the results panel', () => {
  const vscode = useWorkbench({ files: { 'rich.py': PYTHON }, settings: { 'editor.minimap.enabled': false } });
  const page = () => vscode.workbench.webviewFrame('webviewView');

  before('run everything', async function () {
    this.timeout(3 * READY_MS);
    await eventually(() => vscode.workbench.openFile('rich.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    for (let line = 1; line < PYTHON.split('\n').length; line++) {
      await vscode.workbench.goToLine(line);
      await vscode.workbench.key('Control+Enter');
    }
    // Only now: keys are lost while the focus moves out of a page.
    await vscode.workbench.command('Holdfast: Show Results');
    await page().locator('.stderr').filter({ hasText: '100%|####################|' }).waitFor({ timeout: SHOWN_MS });
  });

  it('shows a progress bar on one line', async () => {
    const text = (await page().locator('pre.output').last().innerText()).trim();
    assert.equal(text, `100%|${'#'.repeat(20)}|`);
  });

  it('leads from a frame of an error to the code', async () => {
    const frame = page()
      .locator('.problem button')
      .filter({ hasText: `line ${lineOf('def fails')}` });
    // The list follows its end while it is drawn: a click can land beside a row that has just moved.
    await eventually(async () => {
      await frame.click({ timeout: 5000 });
      await eventually(async () => {
        const status = (await vscode.workbench.statusBar()).join(' ');
        assert.match(status, new RegExp(`Ln ${lineOf('def fails')},`));
      }, 2000);
    }, SHOWN_MS);
  });

  it('opens the whole output as a document', async () => {
    const item = page()
      .locator('holdfast-execution')
      .filter({ has: page().locator('.stderr').filter({ hasText: '100%' }) });
    await item.hover();
    await item.getByRole('button', { name: 'Open full output' }).click();
    await eventually(async () => assert.match(await vscode.workbench.visibleText(), /1%\|/), SHOWN_MS);
    await vscode.workbench.openFile('rich.py');
  });

  it('opens a table in the data grid', async () => {
    const item = page().locator('holdfast-execution').filter({ hasText: "[{'planet': 'Mars', 'moons': 2}]" });
    await item.hover();
    await item.getByRole('button', { name: 'Open in data grid' }).click();
    const grid = vscode.workbench.webviewFrame('editor');
    await grid.locator('#cell-0-0').getByText('Mars').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('data-grid-of-result');
    await vscode.workbench.openFile('rich.py');
  });

  for (const theme of ['dark', 'light', 'hc', 'hc-light'] satisfies Theme[]) {
    it(`can be looked at in the ${theme} theme`, async function () {
      this.timeout(READY_MS);
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.command('View: Toggle Maximized Panel');
      for (const tab of ['Results', 'Plots', 'Namespace']) {
        await page().getByRole('tab', { name: tab }).click();
        if (tab === 'Results') {
          await page().locator('holdfast-list').press('Home');
          for (const [place, mark] of [
            ['first', 'rich.py:2'],
            ['last', `rich.py:${lineOf('for n')}`],
          ] as const) {
            await page().getByRole('button', { name: mark }).first().waitFor();
            await page()
              .locator('lit-virtualizer')
              .evaluate((list, place) => {
                (list as unknown as { scrollTop: number; scrollHeight: number }).scrollTop =
                  place === 'first' ? 0 : 1e6;
              }, place);
            await vscode.workbench.screenshot(`results-${place}-${theme}`);
          }
        } else await vscode.workbench.screenshot(`results-${tab.toLowerCase()}-${theme}`);
      }
      await page().getByRole('tab', { name: 'Results' }).click();
      await vscode.workbench.command('View: Toggle Maximized Panel');
    });
  }
});
