import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '../helpers/durable/networks.ts';
import { startResonateServer } from '../helpers/durable/resonate-server.ts';
import { eventually } from '../helpers/eventually.ts';
import { TestMachine } from '../helpers/machine.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';

const SHOWN_MS = 45_000;
const READY_MS = 60_000;
const TOKEN = 'a-token-that-nobody-writes-down';
const ELSEWHERE = { 'holdfast.durable.storage': 'server', 'holdfast.durable.url': 'http://127.0.0.1:9' };

describe('setting the durable storage', () => {
  const vscode = useWorkbench({
    files: { 'cell.js': '6 * 7\n', 'where.js': 'process.cwd()\n', '.vscode/settings.json': JSON.stringify(ELSEWHERE) },
  });
  const box = () => vscode.workbench.page.locator('.quick-input-widget:visible');
  const notice = (text: string) => vscode.workbench.page.getByText(text).first().waitFor({ timeout: SHOWN_MS });
  let folder: string;
  let server: Awaited<ReturnType<typeof startResonateServer>>;

  before('start a server and open the file', async function () {
    this.timeout(2 * READY_MS);
    folder = await temporaryFolder();
    server = await startResonateServer(folder, TOKEN);
    await eventually(() => vscode.workbench.openFile('cell.js'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function choose(token: string): Promise<void> {
    await vscode.workbench.command('Holdfast: Set Durable Storage…');
    await box().getByText('Resonate server').first().click();
    const address = box().locator('input[type=text]');
    await box().getByText('Address of the Resonate server').waitFor({ timeout: SHOWN_MS });
    await address.fill(server.url);
    await address.press('Enter');
    await box().getByText('Token of the Resonate server').waitFor({ timeout: SHOWN_MS });
    const secret = box().locator('input[type=password]');
    await secret.fill(token);
    await secret.press('Enter');
  }

  it('is not for the workspace to say', async function () {
    this.timeout(2 * READY_MS);
    await vscode.workbench.command('Holdfast: Set Durable Storage…');
    const row = box().getByRole('option').filter({ hasText: 'set now' });
    await eventually(async () => assert.match((await row.textContent()) ?? '', /Files of this machine/), SHOWN_MS);
    await vscode.workbench.key('Escape');
  });

  it('is not kept when it does not work, and says why', async function () {
    this.timeout(2 * READY_MS);
    await choose('wrong');
    await notice('The Resonate server refused the token.');
  });

  it('keeps what is run there, and the token in no file', async function () {
    this.timeout(2 * READY_MS);
    await choose(TOKEN);
    await notice(`What is run is kept in ${server.url} from now on.`);
    await vscode.workbench.openFile('cell.js');
    await vscode.workbench.goToLine(1);
    await vscode.workbench.key('Control+Enter');
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(1), '→ 42'), SHOWN_MS);
    await eventually(async () => assert.match(await filesBelow(folder), /holdfast-kind/), SHOWN_MS);
    assert.doesNotMatch(await filesBelow(vscode.stateDirectory), new RegExp(TOKEN));
  });

  it('lets a file run on another machine, whose token is asked for once', async function () {
    this.timeout(2 * READY_MS);
    const token = randomBytes(32).toString('hex');
    const env = { HOLDFAST_DURABLE_URL: server.url, HOLDFAST_DURABLE_TOKEN: TOKEN, HOLDFAST_MACHINES_TOKEN: token };
    const machine = await TestMachine.start('gpu', '127.0.0.2', env);
    try {
      await vscode.workbench.openFile('where.js');
      await vscode.workbench.command('Holdfast: New Session on Another Machine…');
      const secret = box().locator('input[type=password]');
      await secret.fill(token);
      await secret.press('Enter');
      await box().getByText('gpu').first().click();
      await box().getByText('New Session').first().waitFor({ timeout: SHOWN_MS });
      await vscode.workbench.key('Enter');
      await eventually(
        async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast: javascript-2')),
        SHOWN_MS,
      );
      await vscode.workbench.openFile('where.js');
      await vscode.workbench.goToLine(1);
      await vscode.workbench.key('Control+Enter');
      await eventually(async () => {
        const shown = (await vscode.workbench.inlineTexts()).get(1) ?? '';
        assert.ok(shown.includes(machine.folder), shown);
      }, SHOWN_MS);
      assert.doesNotMatch(await filesBelow(vscode.stateDirectory), new RegExp(token));
    } finally {
      await machine.end();
    }
  });
});

async function filesBelow(folder: string): Promise<string> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}
