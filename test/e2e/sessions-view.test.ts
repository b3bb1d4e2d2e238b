import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 45_000;
const READY_MS = 60_000;
const VIEW = 'Sessions & Tasks';

const PYTHON = `import asyncio, threading, time

async def poll_the_queue():
    while True:
        await asyncio.sleep(0.05)

task = asyncio.create_task(poll_the_queue())
thread = threading.Thread(target=time.sleep, args=(600,), name='upload', daemon=True); thread.start()
while True: pass
'never runs'
'nor this'
`;

describe('the view of sessions and tasks', () => {
  const vscode = useWorkbench({ files: { 'work.py': PYTHON }, settings: { 'editor.minimap.enabled': false } });
  const rows = async () => (await vscode.workbench.treeRows(VIEW)).map(({ label }) => label);

  async function run(line: number): Promise<void> {
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
  }

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('work.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
  });

  it('lists what goes on in the background and what waits', async () => {
    for (const [line, end] of [
      [1, 1],
      [3, 5],
      [7, 7],
      [8, 8],
    ] as const) {
      await run(line);
      await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(end), '✓'), SHOWN_MS);
    }
    await vscode.workbench.showSideBar('Holdfast');
    await eventually(async () => {
      const shown = await rows();
      assert.ok(shown.some((label) => label.includes('poll_the_queue')) && shown.includes('upload'), shown.join(' | '));
    }, SHOWN_MS);
    await vscode.workbench.openFile('work.py');
    await run(9);
    await run(10);
    await run(11);
    await eventually(
      async () => assert.ok((await rows()).includes("'nor this'"), (await rows()).join(' | ')),
      SHOWN_MS,
    );
  });

  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    it(`can be looked at in the ${theme} theme`, async () => {
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.screenshot(`sessions-${theme}`);
    });
  }

  it('cancels a task with the button of its row', async () => {
    await vscode.workbench.openFile('work.py');
    await vscode.workbench.command('Holdfast: Cancel Execution');
    await eventually(async () => assert.ok(!(await rows()).includes("'nor this'")), SHOWN_MS);
    const row = vscode.workbench.page.getByRole('treeitem', { name: /poll_the_queue task since/ });
    await row.hover();
    await row.getByRole('button', { name: 'Cancel Background Task' }).click();
    await eventually(
      async () => assert.ok(!(await rows()).some((label) => label.includes('poll_the_queue')), (await rows()).join()),
      SHOWN_MS,
    );
  });

  it('renames a session', async () => {
    await vscode.workbench.openFile('work.py');
    await vscode.workbench.command('Holdfast: Rename Session');
    await vscode.workbench.fillInput('experiment');
    await eventually(async () => assert.ok((await rows()).includes('experiment')), SHOWN_MS);
    await run(1);
    await eventually(async () => assert.equal((await vscode.workbench.inlineTexts()).get(1), '✓'), SHOWN_MS);
    assert.equal((await rows()).filter((label) => label === 'python').length, 0);
  });
});
