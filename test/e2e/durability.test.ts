import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { StateFolder } from '../../backend/rpc/state-folder.ts';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 45_000;
const READY_MS = 60_000;
const THEMES: readonly Theme[] = ['dark', 'light', 'hc', 'hc-light'];
const NOT_KEPT = 'Ergebnisse werden nicht aufbewahrt.';

describe('durability in the window, in German', () => {
  const vscode = useWorkbench({
    files: { 'messen.py': 'import threading\nwerte = [1, 2]\nsperre = threading.Lock()\nwerte\n' },
    settings: { 'editor.minimap.enabled': false, 'holdfast.checkpoints.automatic': false },
    language: 'de',
  });
  const item = () => vscode.workbench.page.locator('.part.statusbar .statusbar-item', { hasText: 'Holdfast' });

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('messen.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    for (const line of [1, 2, 3]) await run(line, '✓');
  });

  async function run(line: number, shown: string): Promise<void> {
    await vscode.workbench.openFile('messen.py');
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(line), shown), SHOWN_MS);
  }

  it('what is not kept any more is said at once, and no more when it is kept again', async function () {
    this.timeout(3 * READY_MS);
    const env = { ...process.env, HOLDFAST_STATE_DIR: vscode.stateDirectory };
    const { promisesFolder } = await StateFolder.of(vscode.folder, env);
    await rm(promisesFolder, { recursive: true });
    await run(4, '→ [1, 2]');
    await vscode.workbench.notification(NOT_KEPT).waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.showSideBar('Holdfast');
    await item().filter({ hasText: 'nicht aufbewahrt' }).waitFor({ timeout: SHOWN_MS });
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await item().hover();
      await vscode.workbench.screenshot(`durability-${theme}`);
    }
    await item().click();
    await vscode.workbench.page.locator('.quick-input-widget:visible').getByText('Erneut versuchen').waitFor();
    await vscode.workbench.screenshot('durability-menu');
    await vscode.workbench.pick('Erneut versuchen, Ergebnisse aufzubewahren');
    await item().filter({ hasNotText: 'nicht aufbewahrt' }).waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.page.locator('.sidebar').getByText(NOT_KEPT).waitFor({ state: 'hidden' });
    await vscode.workbench.screenshot('durability-well');
  });

  it('checkpoints speak it, too', async function () {
    this.timeout(2 * READY_MS);
    await vscode.workbench.command('Holdfast: Sicherungspunkt anlegen …');
    await vscode.workbench.fillInput('vor dem Bereinigen');
    await vscode.workbench.notification('Nicht gesichert: sperre.').waitFor({ timeout: SHOWN_MS });
    const row = (name: RegExp) => vscode.workbench.page.getByRole('treeitem', { name }).first();
    await row(/^Sicherungspunkte/).click();
    await row(/^Sicherungspunkt „vor dem|^Sicherungspunkt vor dem/).click();
    await row(/^sperre nicht gesichert/).waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('german-checkpoints');
    await vscode.workbench.command('Holdfast: Sicherungspunkt wiederherstellen …');
    await vscode.workbench.pick('vor dem Bereinigen');
    await vscode.workbench.page.getByText('Welche Variablen von „vor dem Bereinigen“ wiederherstellen?').waitFor();
    await vscode.workbench.screenshot('german-restore');
    await vscode.workbench.key('Escape');
  });

  it('a session whose backend was killed is back with its last checkpoint when code runs', async function () {
    this.timeout(3 * READY_MS);
    const env = { ...process.env, HOLDFAST_STATE_DIR: vscode.stateDirectory };
    const file = await (await StateFolder.of(vscode.folder, env)).readBackendFile();
    assert.ok(file && file !== 'corrupt');
    process.kill(file.pid, 'SIGKILL');
    await vscode.workbench.notification('Das Holdfast-Backend wurde beendet').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('german-asleep');
    await run(4, '→ [1, 2]');
    await vscode.workbench.notification('ist zurück').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('german-back');
  });
});
