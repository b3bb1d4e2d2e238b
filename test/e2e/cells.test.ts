import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 20_000;
const READY_MS = 60_000;

const REPORT = `"""Rainfall of a week, in millimetres."""
rain = [3, 0, 0, 7, 12, 1, 0]

# %% [markdown]
# Dry days do not count.

# %% Wet days
def wet(days):
    return [day for day in days if day > 0]


wet(rain)

# %% Their sum
total = sum(
    wet(rain),
)
f"{total} mm"

# %% The worst day
max(rain)
`;

describe('the cells of a file', () => {
  const vscode = useWorkbench({ files: { 'rain.py': REPORT }, settings: { 'editor.minimap.enabled': false } });
  const links = (title: string) => vscode.workbench.page.locator('.codelens-decoration a', { hasText: title });

  async function shows(line: number, text: string): Promise<void> {
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(line), text), SHOWN_MS);
  }

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('rain.py'), READY_MS);
    await eventually(async () => assert.equal(await links('Run Cell').count(), 4), READY_MS);
  });

  it('are run by the links above them', async () => {
    await links('Run Above').first().click();
    await shows(2, '✓');
    await links('Run Cell').nth(1).click();
    await shows(12, '→ [3, 7, 12, 1]');
    await links('Run Below').last().click();
    await shows(18, "→ '23 mm'");
    await shows(21, '→ 12');
  });

  it('are gone through with the keyboard', async () => {
    await vscode.workbench.goToLine(1);
    const lines: string[] = [];
    for (const line of ['5', '8', '15', '21']) {
      await vscode.workbench.key('Control+Alt+BracketRight');
      await eventually(async () => {
        const place = (await vscode.workbench.statusBar()).find((text) => /^Ln \d+/.test(text));
        assert.match(place ?? '', new RegExp(`^Ln ${line},`));
      }, SHOWN_MS);
      lines.push(line);
    }
    await vscode.workbench.key('Control+Alt+BracketLeft');
    await eventually(async () => {
      assert.ok((await vscode.workbench.statusBar()).some((text) => text.startsWith('Ln 15,')));
    }, SHOWN_MS);
  });

  for (const theme of ['dark', 'light', 'hc', 'hc-light'] satisfies Theme[]) {
    it(`are separated by lines in the ${theme} theme`, async () => {
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.goToLine(15);
      const lines = vscode.workbench.page.locator('.view-overlays .cdr[class*="ced-"]');
      await eventually(async () => assert.ok((await lines.count()) > 0), SHOWN_MS);
      await vscode.workbench.screenshot(`cells-${theme}`);
    });
  }
});
