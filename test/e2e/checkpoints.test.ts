import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dist } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 45_000;
const READY_MS = 60_000;
const VIEW = 'Sessions & Tasks';
const THEMES: readonly Theme[] = ['dark', 'light', 'hc', 'hc-light'];

const PYTHON = `import math, os, threading
rows = [{"name": "Ada", "born": 1815}, {"name": "Grace", "born": 1906}]
def oldest(): return min(rows, key=lambda row: row["born"])
lock = threading.Lock()
rows = []
oldest()["name"]
os._exit(1)
`;

describe('checkpoints', () => {
  const vscode = useWorkbench({
    files: { 'people.py': PYTHON },
    settings: {
      'editor.minimap.enabled': false,
      'holdfast.checkpoints.automatic': false,
      'holdfast.python.undo.enabled': true,
    },
  });
  const labels = async () => (await vscode.workbench.treeRows(VIEW)).map(({ label }) => label);
  const box = () => vscode.workbench.page.locator('.quick-input-widget:visible');
  const dialog = () => vscode.workbench.page.locator('.monaco-dialog-box');
  const row = (label: string) => vscode.workbench.page.getByRole('treeitem', { name: new RegExp(`^${label}`) }).first();

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('people.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    for (const line of [1, 2, 3, 4]) await run(line, '✓');
  });

  async function run(line: number, shown: string): Promise<void> {
    await vscode.workbench.openFile('people.py');
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(line), shown), SHOWN_MS);
  }

  async function cli(folder: string, ...args: string[]): Promise<void> {
    const child = spawn(process.execPath, [path.join(dist, 'cli.js'), ...args, '--workspace', folder], {
      cwd: folder,
      env: { ...process.env, HOLDFAST_STATE_DIR: vscode.stateDirectory },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 0);
  }

  /** One that another workspace has made. */
  async function importForeign(): Promise<void> {
    const other = path.join(vscode.stateDirectory, 'other');
    await mkdir(other);
    await writeFile(path.join(other, 'a.py'), 'planets = ["Mercury", "Venus"]');
    await cli(other, 'run', 'a.py', '--session', 'orrery');
    await cli(other, 'checkpoint', 'orrery', '--name', 'from a colleague');
    await cli(other, 'export-checkpoint', 'from a colleague', path.join(other, 'shared.checkpoint'));
    await cli(other, 'stop');
    await cli(vscode.folder, 'import-checkpoint', path.join(other, 'shared.checkpoint'));
  }

  async function inAllThemes(name: string, show: () => Promise<void> = async () => {}): Promise<void> {
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await show();
      await vscode.workbench.screenshot(`checkpoints-${name}-${theme}`);
    }
  }

  it('are saved by command, which says what could not be stored, and listed with what became of each variable', async function () {
    this.timeout(2 * READY_MS);
    await vscode.workbench.command('Holdfast: Save Checkpoint…');
    await vscode.workbench.screenshot('checkpoints-save');
    await vscode.workbench.fillInput('before cleaning');
    await vscode.workbench.notification('Not stored: lock.').waitFor({ timeout: SHOWN_MS });
    await importForeign();
    await vscode.workbench.showSideBar('Holdfast');
    await row('Checkpoints').click();
    await eventually(async () => assert.ok((await labels()).includes('from a colleague')), SHOWN_MS);
    await row('Checkpoint before cleaning').click();
    await eventually(async () => assert.ok((await labels()).includes('oldest')), SHOWN_MS);
    await inAllThemes('view');
    await vscode.workbench.answer('Not stored: lock.', 'Show Why');
    await eventually(
      async () => assert.match(await vscode.workbench.visibleText(), /Not stored \(1\)\n {2}lock +TypeError/),
      SHOWN_MS,
    );
    await vscode.workbench.screenshot('checkpoints-document');
  });

  it('are restored by the button of their row, with a choice of variables', async function () {
    this.timeout(3 * READY_MS);
    await run(5, '✓');
    await inAllThemes('names', async () => {
      const cleaning = row('Checkpoint before cleaning');
      await cleaning.hover();
      await cleaning.getByRole('button', { name: 'Restore Checkpoint…' }).click();
      await box().getByText('Restore which variables of “before cleaning”?').waitFor({ timeout: SHOWN_MS });
      await eventually(async () => assert.equal(await box().getByText('5 Selected').count(), 1));
    });
    await box().getByRole('button', { name: 'OK' }).click();
    await vscode.workbench.notification('Not restored: lock.').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('checkpoints-restored');
    await run(6, "→ 'Ada'");
  });

  it('from elsewhere run their code only when a person allows it, each time', async function () {
    this.timeout(3 * READY_MS);
    const restore = async () => {
      await vscode.workbench.command('Holdfast: Restore Checkpoint…');
      await vscode.workbench.pick('from a colleague');
      await box().getByRole('button', { name: 'OK' }).click();
      await dialog()
        .getByText('Allow the checkpoint “from a colleague” to run its code?')
        .waitFor({ timeout: SHOWN_MS });
    };
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await restore();
      await vscode.workbench.screenshot(`checkpoints-foreign-${theme}`);
      await dialog().getByRole('button', { name: 'Cancel' }).click();
    }
    assert.ok(!(await labels()).includes('planets'));
    await restore();
    await dialog().getByRole('button', { name: 'Allow Once' }).click();
    await eventually(
      async () => assert.ok((await vscode.workbench.treeRows('Namespace')).some(({ label }) => label === 'planets')),
      SHOWN_MS,
    );
  });

  it('are not needed for the last cell: it is undone, once a person has read what stays done', async function () {
    this.timeout(3 * READY_MS);
    await run(5, '✓');
    const undo = async () => {
      await vscode.workbench.command('Holdfast: Undo Last Cell');
      await dialog().getByText('Undo the last cell of python?').waitFor({ timeout: SHOWN_MS });
    };
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await undo();
      await vscode.workbench.screenshot(`undo-${theme}`);
      await dialog().getByRole('button', { name: 'Cancel' }).click();
    }
    await undo();
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await vscode.workbench.page
      .locator('.statusbar-item', { hasText: 'Undone: rows = []' })
      .waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('undo-done');
    await run(6, "→ 'Ada'");
  });

  it('say after a crash what was restored', async function () {
    this.timeout(2 * READY_MS);
    await vscode.workbench.openFile('people.py');
    await vscode.workbench.goToLine(7);
    await vscode.workbench.key('Control+Enter');
    const said = vscode.workbench.notification('The worker of python ended.');
    await said.waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('checkpoints-crash');
    await said.locator('.monaco-button').filter({ hasText: 'Show What Was Restored' }).click();
    await eventually(
      async () => assert.match(await vscode.workbench.visibleText(), /they had changed since \(\d\)[\s\S]+ {2}oldest/),
      SHOWN_MS,
    );
    await vscode.workbench.screenshot('checkpoints-recovery');
  });

  it('are renamed and deleted from their row', async function () {
    this.timeout(2 * READY_MS);
    const own = row('Checkpoint before cleaning');
    await own.hover();
    await own.getByRole('button', { name: 'Rename Checkpoint…' }).click();
    await vscode.workbench.fillInput('raw');
    await eventually(async () => assert.ok((await labels()).includes('raw')), SHOWN_MS);
    const renamed = row('Checkpoint raw');
    await renamed.hover();
    await renamed.getByRole('button', { name: 'Delete Checkpoint…' }).click();
    await dialog().getByText('Delete the checkpoint “raw”?').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('checkpoints-delete');
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await eventually(async () => assert.ok(!(await labels()).includes('raw')), SHOWN_MS);
  });
});
