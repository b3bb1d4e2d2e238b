import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { eventually } from '../helpers/eventually.ts';
import { type OpenWorkbench, useWorkbench } from '../helpers/vscode/use-workbench.ts';

const READY_MS = 60_000;
const SHOWN_MS = 45_000;

async function runFirstLine({ workbench }: OpenWorkbench, file: string): Promise<void> {
  await eventually(() => workbench.openFile(file), READY_MS);
  await workbench.goToLine(1);
  await workbench.command('Holdfast: Run Selection or Statement');
}

describe('in a folder that is not trusted', () => {
  const vscode = useWorkbench({ files: { 'one.py': '1 + 1\n' }, workspaceTrust: true });

  it('nothing is run, and a message says why', async function () {
    this.timeout(2 * READY_MS);
    await runFirstLine(vscode, 'one.py');
    const message = vscode.workbench.notification('This workspace is not trusted, so Holdfast runs no code in it.');
    await message.waitFor({ timeout: SHOWN_MS });
    await message.getByText('Manage Workspace Trust').waitFor();
    await vscode.workbench.screenshot('untrusted');
    assert.deepEqual([...(await vscode.workbench.inlineTexts()).values()], []);
    assert.equal(existsSync(vscode.stateDirectory), false, 'no backend has been started');
  });
});

describe('without a usable Python', () => {
  const vscode = useWorkbench({
    files: { 'one.py': '1 + 1\n', 'two.js': '1 + 1\n' },
    settings: { 'holdfast.python.interpreter': '/nowhere/python3', 'editor.minimap.enabled': false },
  });

  before('wait for the settings', async function () {
    this.timeout(2 * READY_MS);
    // VS Code reads them while its windows open already.
    await eventually(() => vscode.workbench.openFile('one.py'), READY_MS);
    await vscode.workbench.page.locator('.monaco-editor .minimap').waitFor({ state: 'hidden', timeout: READY_MS });
  });

  it('a message names the setting and offers to choose one', async function () {
    this.timeout(2 * READY_MS);
    await runFirstLine(vscode, 'one.py');
    const message = vscode.workbench.notification('holdfast.python.interpreter');
    await message.waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('no-python');
    await message.getByText('Select Interpreter').click();
    await vscode.workbench.page.locator('.quick-input-widget:visible').waitFor();
    await vscode.workbench.key('Escape');
  });

  it('JavaScript goes on working', async function () {
    this.timeout(2 * READY_MS);
    await runFirstLine(vscode, 'two.js');
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(1), '→ 2'), SHOWN_MS);
  });
});
