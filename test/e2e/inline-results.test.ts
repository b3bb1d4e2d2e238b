import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import type { PageElement, PageGlobals } from '../helpers/vscode/dom.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 20_000;
const READY_MS = 60_000;

const CODE = `6 * 7
[n * n for n in range(1000)]
print("one\\ntwo")
def ratio(a, b): return a / b

ratio(1, 0)
2 + 2; 3 + 3
"edited " * 2
"'; } * { display: none } /* [x](command:workbench.action.quit) \\u202e"
while True: pass
`;
const [VALUE, LONG, OUTPUT, NOTHING, ERROR, SEVERAL, STALE, HOSTILE, LOOP] = [1, 2, 3, 4, 6, 7, 8, 9, 10] as const;

describe('inline results in the window', () => {
  const vscode = useWorkbench({
    files: { 'results.py': CODE },
    settings: { 'editor.minimap.enabled': false, 'editor.hover.delay': 100 },
  });

  async function shows(line: number, text: string | RegExp): Promise<void> {
    await eventually(async () => {
      const shown = (await vscode.workbench.inlineTexts()).get(line) ?? '';
      if (typeof text === 'string') assert.equal(shown, text);
      else assert.match(shown, text);
    }, SHOWN_MS);
  }

  async function run(line: number, patience = SHOWN_MS): Promise<void> {
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
    await eventually(async () => assert.ok((await vscode.workbench.inlineTexts()).has(line)), patience);
  }

  before('run every line', async function () {
    this.timeout(3 * READY_MS);
    await eventually(() => vscode.workbench.openFile('results.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    // A key that comes while extensions are activated is lost.
    await eventually(() => run(VALUE, 2000), SHOWN_MS);
    for (const line of [LONG, OUTPUT, NOTHING, ERROR, STALE, HOSTILE, LOOP]) await run(line);
    await vscode.workbench.goToLine(SEVERAL);
    await vscode.workbench.key('Shift+End');
    await vscode.workbench.key('Control+Enter');
  });

  it('show what each line came to, and nothing that the program could hide in it', async () => {
    await shows(VALUE, '→ 42');
    await shows(LONG, /^→ \[0, 1, 4, 9, 16, .*…$/);
    await shows(OUTPUT, 'two');
    await shows(NOTHING, '✓');
    await shows(ERROR, '✗ ZeroDivisionError: division by zero');
    await shows(HOSTILE, /^→ "'; } \* { display: none } \/\* \[x\]\(command:workbench\.action\.quit\) \\u/);
    await shows(LOOP, /running .* s$/);
    await shows(SEVERAL, '⋯ queued');
  });

  it('dim and say so when their code is edited', async () => {
    await vscode.workbench.goToLine(STALE);
    await vscode.workbench.key('End');
    await vscode.workbench.key('0');
    await shows(STALE, /^→ 'edited edited ' \(stale\)$/);
  });

  it('have an error underlined, with the frame that raised it beside the message', async () => {
    const line = vscode.workbench.page.locator('.editor-group-container.active .squiggly-error');
    await eventually(async () => assert.equal(await line.count(), 1), SHOWN_MS);
    await vscode.workbench.goToLine(ERROR);
    // The text lies above the line that underlines it, so the mouse is put there by hand.
    const { mouse } = vscode.workbench.page;
    const hover = vscode.workbench.page.locator('.monaco-hover:visible').filter({ hasText: 'division by zero' });
    await eventually(async () => {
      const box = await line.boundingBox();
      assert.ok(box);
      await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await mouse.move(box.x + box.width / 2 + 3, box.y + box.height / 2);
      await hover.getByText(/in ratio/).waitFor({ timeout: 2000 });
    }, SHOWN_MS);
    await vscode.workbench.screenshot('inline-error-hover');
  });

  it('show their hover to the mouse, too', async () => {
    const { page } = vscode.workbench;
    await page.mouse.move(0, 0);
    await vscode.workbench.goToLine(VALUE);
    const decorated = page.locator('.editor-group-container.active .view-line span[class*="ced-"]');
    const hover = page.locator('.monaco-hover:visible').filter({ hasText: 'Copy value' });
    await eventually(async () => {
      const index = await decorated.evaluateAll((spans) => {
        const { getComputedStyle } = globalThis as unknown as PageGlobals;
        const contents = (spans as unknown as PageElement[]).map((span) => getComputedStyle(span, '::after').content);
        return contents.findIndex((content) => content.endsWith('42"'));
      });
      const box = await decorated.nth(Math.max(0, index)).boundingBox();
      assert.ok(box && index >= 0, JSON.stringify({ index, box }));
      await page.mouse.move(box.x + box.width - 5, box.y + box.height / 2);
      await page.mouse.move(box.x + box.width - 8, box.y + box.height / 2);
      await hover.waitFor({ timeout: 2000 });
    }, SHOWN_MS);
    assert.match(
      await hover.innerText(),
      /int · Succeeded in [^\n]* · simple_sync\s+42\s+Copy value · Open in results · Rerun/,
    );
    await vscode.workbench.screenshot('inline-hover');
    await hover.getByText('Rerun').click();
    await shows(VALUE, '⋯ queued');
  });

  for (const theme of ['dark', 'light', 'hc', 'hc-light'] satisfies Theme[]) {
    it(`can be looked at in the ${theme} theme`, async () => {
      await vscode.workbench.setTheme(theme);
      await shows(LOOP, /running .* s$/);
      await vscode.workbench.screenshot(`inline-${theme}`);
    });
  }

  it('show what waited, and go with Escape', async () => {
    await vscode.workbench.command('Holdfast: Cancel Execution');
    await shows(LOOP, '■ cancelled');
    await vscode.workbench.goToLine(VALUE);
    await vscode.workbench.key('Escape');
    await eventually(async () => {
      assert.equal((await vscode.workbench.inlineTexts()).size, 0);
      assert.equal(await vscode.workbench.page.locator('.squiggly-error').count(), 0);
    }, SHOWN_MS);
  });
});
