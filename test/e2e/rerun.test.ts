import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ListSessions } from '../../backend/protocol/client/index.ts';
import { connectBackend } from '../../backend/rpc/client.ts';
import { VERSION } from '../../backend/version.ts';
import { eventually } from '../helpers/eventually.ts';
import { processesWith } from '../helpers/processes.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';

const READY_MS = 60_000;
const SHOWN_MS = 45_000;

describe('what was lost in a crash', () => {
  const vscode = useWorkbench({ files: { 'ask.py': 'kept = 5\nname = input("Who? ")\n' } });
  const box = () => vscode.workbench.page.locator('.quick-input-widget:visible');
  const inline = (line: number, text: RegExp) =>
    eventually(async () => assert.match((await vscode.workbench.inlineTexts()).get(line) ?? '', text), SHOWN_MS);

  /** Process ids. */
  async function running(): Promise<{ backend: number; worker: number }> {
    process.env['HOLDFAST_STATE_DIR'] = vscode.stateDirectory;
    const options = { client: 'test', version: VERSION, backend: null, idleTimeoutSeconds: 60 };
    const client = await connectBackend({ workspace: vscode.folder, ...options });
    try {
      const [session] = (await client.request(ListSessions, {})).sessions;
      return { backend: client.hello.pid, worker: session?.pid ?? 0 };
    } finally {
      client.close();
    }
  }

  async function run(line: number): Promise<void> {
    await vscode.workbench.openFile('ask.py');
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
  }

  const isAsked = () => box().getByText('ask.py:2 asks').waitFor({ timeout: SHOWN_MS });

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('ask.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    await run(1);
    await inline(1, /✓/);
  });

  /** Of this VS Code. */
  async function extensionHosts(): Promise<number[]> {
    const found: number[] = [];
    for (const pid of await processesWith(vscode.stateDirectory)) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (line.includes('--type=extensionHost')) found.push(pid);
    }
    return found;
  }

  for (const [what, said] of [
    ['worker', 'The worker of python ended'],
    ['backend', 'The Holdfast backend ended'],
  ] as const) {
    it(`is named with the question that was open, and runs again from the message: the ${what}`, async function () {
      this.timeout(3 * READY_MS);
      await run(2);
      await isAsked();
      process.kill((await running())[what], 'SIGKILL');
      const message = vscode.workbench.notification(said);
      await message.getByText('What ran or waited is lost: ask.py:2.').waitFor({ timeout: SHOWN_MS });
      await inline(2, /lost: /);
      await vscode.workbench.screenshot(`lost-${what}`);
      await vscode.workbench.answer(said, 'Rerun');
      await isAsked();
      await vscode.workbench.fillInput('Ada');
      await inline(2, /✓/);
    });
  }

  it('is named by the next window when nobody was there (found through /proc)', async function () {
    if (process.platform !== 'linux') this.skip();
    this.timeout(4 * READY_MS);
    await run(2);
    await isAsked();
    const { backend } = await running();
    for (const pid of [...(await extensionHosts()), backend]) process.kill(pid, 'SIGKILL');
    await vscode.reopen();
    await eventually(() => vscode.workbench.openFile('ask.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    await run(1);
    const said = 'What ran or waited is lost: ask.py:2.';
    await vscode.workbench.notification(said).getByText('“Who?”').waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.screenshot('lost-before');
    await vscode.workbench.answer(said, 'Rerun');
    await isAsked();
    await vscode.workbench.fillInput('Ada');
    await eventually(async () => assert.equal(await box().count(), 0), SHOWN_MS);
  });
});
