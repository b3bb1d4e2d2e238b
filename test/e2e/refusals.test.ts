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
  // In the folder's settings: those of the person reach an extension of the web workbench's server only at times.
  const settings = JSON.stringify({ 'holdfast.python.interpreter': '/nowhere/python3' });
  const vscode = useWorkbench({
    files: { 'one.py': '1 + 1\n', 'two.js': '1 + 1\n', '.vscode/settings.json': settings },
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
