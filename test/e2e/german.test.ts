import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';

const SHOWN_MS = 20_000;
const READY_MS = 60_000;

describe('in German', () => {
  const vscode = useWorkbench({
    files: { 'schleife.py': 'planeten = ["Merkur", "Venus"]\nwhile True: pass\nopen("neu.txt", "w").close()\n' },
    settings: { 'editor.minimap.enabled': false },
    language: 'de',
  });

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('schleife.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
  });

  async function run(line: number): Promise<void> {
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
  }

  it('the views, the status bar and its menu speak it', async () => {
    await vscode.workbench.showSideBar('Holdfast');
    await vscode.workbench.page.getByText('Führen Sie eine Zeile aus').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.openFile('schleife.py');
    await run(1);
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(1), '✓'), SHOWN_MS);
    await run(2);
    const item = vscode.workbench.page.locator('.part.statusbar .statusbar-item', { hasText: 'Holdfast: läuft' });
    await item.waitFor({ timeout: SHOWN_MS });
    await item.click();
    await vscode.workbench.page.locator('.quick-input-widget:visible').getByText('Sitzung wechseln').waitFor();
    await vscode.workbench.screenshot('german-menu');
    await vscode.workbench.pick('Ausführung abbrechen');
    await eventually(
      async () => assert.equal((await vscode.workbench.inlineTexts()).get(2), '■ abgebrochen'),
      SHOWN_MS,
    );
  });

  it('a question of the gate speaks it', async () => {
    const box = vscode.workbench.page.locator('.quick-input-widget:visible');
    await vscode.workbench.command('Holdfast: Sicherheitsstufe ändern');
    await box.getByText('Liest den Arbeitsbereich. Alles andere wird gefragt.').click();
    await vscode.workbench.openFile('schleife.py');
    await run(3);
    await box
      .getByText(/^schleife\.py:3 fragt: Darf dieses Programm .*neu\.txt schreiben\?$/)
      .waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('german-permission');
    await vscode.workbench.pick('Einmal erlauben');
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(3), '✓'), SHOWN_MS);
  });

  it('the commands, the results panel and the walkthrough speak it', async () => {
    await vscode.workbench.command('Holdfast: Ergebnisse anzeigen');
    const results = vscode.workbench.webviewFrame('webviewView');
    await results.getByText('Ergebnisse', { exact: true }).waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('german-results');
    await vscode.workbench.command('View: Hide Panel');
    await vscode.workbench.command('View: Close Primary Side Bar');
    await vscode.workbench.command('Holdfast: Erste Schritte');
    await vscode.workbench.page.getByText('Python-Beispiel').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('german-walkthrough');
  });

  it('the settings, opened from the menu, speak it', async () => {
    await vscode.workbench.page.locator('.part.statusbar .statusbar-item', { hasText: 'Holdfast' }).click();
    await vscode.workbench.pick('Einstellungen öffnen');
    await vscode.workbench.page.getByText('Was Umschalt+Eingabe in Dateien').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('german-settings');
  });
});
