import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 45_000;
const READY_MS = 60_000;
const THEMES: readonly Theme[] = ['dark', 'light'];

const PYTHON = `approve("Delete 3 rows?", "They are in the table orders.", diff=("a, 1\\nb, 2\\n", "a, 1\\n", "orders.csv"))
choose("Which model?", ["linear", "ridge", "lasso"])
review("select * from orders", "Run this query?", language="sql")
notify("The first half is done: [link](command:workbench.action.quit)", "warning")
`;

describe('questions of a program', () => {
  const vscode = useWorkbench({ files: { 'ask.py': PYTHON }, settings: { 'editor.minimap.enabled': false } });
  const box = () => vscode.workbench.page.locator('.quick-input-widget:visible');

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('ask.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
  });

  async function ask(line: number): Promise<void> {
    await vscode.workbench.openFile('ask.py');
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
    await isAsked(line);
  }

  async function isAsked(line: number): Promise<void> {
    await box().getByText(`ask.py:${line} asks`).waitFor({ timeout: SHOWN_MS });
  }

  async function expectValue(line: number, value: string): Promise<void> {
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(line), value), SHOWN_MS);
  }

  for (const [line, name, option, value] of [
    [1, 'approve', 'Yes', '→ True'],
    [2, 'choose', 'ridge', "→ 'ridge'"],
    [3, 'review', 'Accept the text in the editor', "→ 'select * from orders'"],
  ] as const) {
    it(`has its own form: ${name}`, async function () {
      this.timeout(2 * READY_MS);
      await ask(line);
      for (const theme of THEMES) {
        // Its own box puts the question off.
        await vscode.workbench.setTheme(theme);
        await vscode.workbench.command('Holdfast: Answer Pending Prompt');
        await isAsked(line);
        await vscode.workbench.screenshot(`question-${name}-${theme}`);
      }
      await box().getByText(option).first().click();
      await vscode.workbench.openFile('ask.py');
      await expectValue(line, value);
    });
  }

  it('and what it tells are text and nothing else', async function () {
    this.timeout(2 * READY_MS);
    await vscode.workbench.openFile('ask.py');
    await vscode.workbench.goToLine(4);
    await vscode.workbench.key('Control+Enter');
    const message = vscode.workbench.notification('The first half is done');
    await message.waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('question-notify');
    assert.equal(await message.locator('.notification-list-item-message a').count(), 0);
  });
});
