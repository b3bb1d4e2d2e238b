import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ListSessions } from '../../backend/protocol/client/index.ts';
import { connectBackend } from '../../backend/rpc/client.ts';
import { VERSION } from '../../backend/version.ts';
import { eventually } from '../helpers/eventually.ts';
import { isAlive, processesWith } from '../helpers/processes.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';

const LONG = 'import time\nfor n in range(60): time.sleep(0.1)\nn\n';
const READY_MS = 60_000;
const SHOWN_MS = 45_000;

(process.platform === 'linux' ? describe : describe.skip)(
  'an extension host that is killed (found through /proc)',
  () => {
    const vscode = useWorkbench({ files: { 'long.py': LONG } });

    const shows = (line: number, text: RegExp) =>
      eventually(async () => assert.match((await vscode.workbench.inlineTexts()).get(line) ?? '', text), SHOWN_MS);

    /** Extension hosts of this VS Code. */
    async function extensionHosts(): Promise<number[]> {
      const own = await processesWith(vscode.stateDirectory);
      const found: number[] = [];
      for (const pid of own) {
        if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('--type=extensionHost'))
          found.push(pid);
      }
      return found;
    }

    async function sessionState(): Promise<{ state: string; pid: number | null } | undefined> {
      process.env['HOLDFAST_STATE_DIR'] = vscode.stateDirectory;
      const options = { client: 'test', version: VERSION, backend: null, idleTimeoutSeconds: 60 };
      const client = await connectBackend({ workspace: vscode.folder, ...options });
      try {
        return (await client.request(ListSessions, {})).sessions[0];
      } finally {
        client.close();
      }
    }

    before('open the file', async function () {
      this.timeout(2 * READY_MS);
      await eventually(() => vscode.workbench.openFile('long.py'), READY_MS);
      await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    });

    it('leaves the run alone, and the next window has its variables', async function () {
      this.timeout(2 * READY_MS);
      await vscode.workbench.goToLine(1);
      await vscode.workbench.key('Control+Enter');
      await shows(1, /✓/);
      await vscode.workbench.goToLine(2);
      await vscode.workbench.key('Control+Enter');
      await shows(2, /running/);
      const before = await sessionState();
      assert.equal(before?.state, 'busy');
      const hosts = await extensionHosts();
      assert.equal(hosts.length, 1);
      for (const pid of hosts) process.kill(pid, 'SIGKILL');
      await eventually(async () => assert.equal(await isAlive(hosts[0] ?? 0), false));
      await eventually(async () => assert.equal((await sessionState())?.state, 'idle'), SHOWN_MS);
      assert.equal((await sessionState())?.pid, before?.pid, 'the same worker');

      await vscode.reopen();
      await eventually(() => vscode.workbench.openFile('long.py'), READY_MS);
      await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
      await vscode.workbench.goToLine(3);
      await vscode.workbench.key('Control+Enter');
      await shows(3, /→ 59/);
    });
  },
);
