import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { dist } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 45_000;
const READY_MS = 60_000;
const VIEW = 'Prompts & Grants';
const THEMES: readonly Theme[] = ['dark', 'light'];

const PYTHON = `"ready"
write_file("made.txt", "x")
def ask():
    name = input("Who are you? ")
    return name
ask()
import getpass; getpass.getpass("Key? ")
`;

describe('permissions and prompts', () => {
  const vscode = useWorkbench({ files: { 'ask.py': PYTHON }, settings: { 'editor.minimap.enabled': false } });
  const box = () => vscode.workbench.page.locator('.quick-input-widget:visible');
  const inline = async (line: number) => (await vscode.workbench.inlineTexts()).get(line);

  before('open the file', async function () {
    this.timeout(2 * READY_MS);
    await eventually(() => vscode.workbench.openFile('ask.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
    await run(1);
    await expectInline(1, "→ 'ready'");
  });

  async function run(line: number): Promise<void> {
    await vscode.workbench.openFile('ask.py');
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
  }

  async function expectInline(line: number, shown: string): Promise<void> {
    await eventually(async () => {
      const all = await vscode.workbench.inlineTexts();
      assert.equal(all.get(line), shown, `line ${line} of ${JSON.stringify([...all])}`);
    }, SHOWN_MS);
  }

  /** A command's box puts the question off; it is brought back. */
  async function inBothThemes(name: string, title: string): Promise<void> {
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.command('Holdfast: Answer Pending Prompt');
      await box().getByText(title).first().waitFor({ timeout: SHOWN_MS });
      await vscode.workbench.screenshot(`${name}-${theme}`);
    }
  }

  async function cli(...args: string[]): Promise<string> {
    const child = spawn(process.execPath, [path.join(dist, 'cli.js'), ...args, '--workspace', vscode.folder], {
      env: { ...process.env, HOLDFAST_STATE_DIR: vscode.stateDirectory },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return printed;
  }

  it('a level is chosen from a list that says what each allows', async function () {
    this.timeout(2 * READY_MS);
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.command('Holdfast: Change Security Level');
      await box().getByText('Reads the workspace. Everything else is asked.').waitFor({ timeout: SHOWN_MS });
      await vscode.workbench.screenshot(`level-${theme}`);
      await vscode.workbench.key('Escape');
    }
    await vscode.workbench.command('Holdfast: Change Security Level');
    await box().getByText('Reads the workspace. Everything else is asked.').click();
  });

  it('a permission says what exactly is asked for, and for how long an answer holds', async function () {
    this.timeout(2 * READY_MS);
    await run(2);
    await box().getByText('ask.py:2 asks').waitFor({ timeout: SHOWN_MS });
    await inBothThemes('permission', 'ask.py:2 asks');
    const made = path.join(vscode.folder, 'made.txt');
    await box().getByText(made).first().waitFor({ timeout: SHOWN_MS });
    await vscode.workbench.openFile('ask.py');
    await expectInline(2, '⋯ waiting for input');
    await vscode.workbench.command('Holdfast: Answer Pending Prompt');
    await box().getByText('Allow in This Workspace').click();
    await vscode.workbench.openFile('ask.py');
    await expectInline(2, '✓');
  });

  it('the line that asks is marked, and the view lists what waits and what is remembered', async function () {
    this.timeout(2 * READY_MS);
    await run(3);
    await expectInline(5, '✓');
    await run(6);
    await box().getByText('ask.py:4 asks').waitFor({ timeout: SHOWN_MS });
    await inBothThemes('input', 'ask.py:4 asks');
    await vscode.workbench.key('Escape');
    await vscode.workbench.openFile('ask.py');
    await expectInline(4, '⋯ waiting for input');
    await vscode.workbench.showSideBar('Holdfast');
    await eventually(async () => {
      const labels = (await vscode.workbench.treeRows(VIEW)).map(({ label }) => label);
      for (const label of ['Waiting', 'Who are you? ', 'Remembered', 'Security Levels', 'python'])
        assert.ok(labels.includes(label), `${label}: ${labels.join(' | ')}`);
    }, SHOWN_MS);
    for (const theme of THEMES) {
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.screenshot(`prompts-view-${theme}`);
    }
  });

  it('an answer from a terminal closes the question here', async function () {
    this.timeout(2 * READY_MS);
    await vscode.workbench.command('Holdfast: Answer Pending Prompt');
    await box().getByText('ask.py:4 asks').waitFor({ timeout: SHOWN_MS });
    const [prompt] = (await cli('prompts', '--json')).split('\n');
    const { promptId } = JSON.parse(prompt ?? '');
    await cli('answer', promptId, 'Ada');
    await box().waitFor({ state: 'hidden', timeout: SHOWN_MS });
    await expectInline(6, "→ 'Ada'");
    await eventually(async () => assert.equal(await inline(4), undefined), SHOWN_MS);
  });

  it('a secret is not shown while it is typed', async function () {
    this.timeout(2 * READY_MS);
    await run(7);
    await box().getByText('ask.py:7 asks for a secret').waitFor({ timeout: SHOWN_MS });
    await inBothThemes('secret', 'ask.py:7 asks for a secret');
    assert.equal(await box().locator('input').first().getAttribute('type'), 'password');
    await vscode.workbench.fillInput('hunter2');
    await box().waitFor({ state: 'hidden', timeout: SHOWN_MS });
    await vscode.workbench.openFile('ask.py');
    await expectInline(7, "→ 'hunter2'");
  });
});
