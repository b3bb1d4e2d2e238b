import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inRoot } from '../../scripts/lib/paths.ts';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';
import type { Theme } from '../helpers/vscode/workbench.ts';

const SHOWN_MS = 45_000;
const READY_MS = 60_000;
const LOOP = 'turns = 0\nwhile True:\n    turns += 1\nturns > 0\n';

const example = (name: string) => readFileSync(inRoot('examples', name), 'utf8');
const lineOf = (text: string, start: string) => text.split('\n').findIndex((line) => line.startsWith(start)) + 1;

describe('a first run', () => {
  const python = example('tour.py');
  const typescript = example('tour.ts');
  const errors = example('errors.py');
  const questions = example('questions.py');
  const vscode = useWorkbench({
    files: {
      'tour.py': python,
      'tour.ts': typescript,
      'loop.py': LOOP,
      'errors.py': errors,
      'questions.py': questions,
    },
    // TypeScript's own types of Node are not in this workspace, and the pictures need the room.
    settings: { 'editor.minimap.enabled': false, 'typescript.validate.enable': false },
  });

  async function run(line: number): Promise<void> {
    await vscode.workbench.goToLine(line);
    await vscode.workbench.key('Control+Enter');
  }

  async function shows(line: number, text: string | RegExp): Promise<void> {
    await eventually(async () => {
      const shown = (await vscode.workbench.inlineTexts()).get(line) ?? '';
      if (typeof text === 'string') assert.equal(shown, text);
      else assert.match(shown, text);
    }, SHOWN_MS);
  }

  before('open the tour', async function () {
    this.timeout(2 * READY_MS);
    // On a busy machine the workbench takes no keys for a while, and loses those that come while extensions are activated.
    await eventually(() => vscode.workbench.openFile('tour.py'), READY_MS);
    await eventually(async () => assert.ok((await vscode.workbench.statusBar()).includes('Holdfast')), READY_MS);
  });

  it('shows values of Python on their lines', async () => {
    for (const [start, text] of [
      ['6 * 7', '→ 42'],
      ['planets = ', '✓'],
      ['max(', "→ 'Mars'"],
      ['[name', "→ ['MERCURY', 'VENUS', 'EARTH', 'MARS']"],
    ] as const) {
      const line = lineOf(python, start);
      await run(line);
      await shows(line, text);
    }
  });

  it('lists the variables in the side bar', async () => {
    await vscode.workbench.showSideBar('Holdfast');
    await eventually(async () => {
      const rows = await vscode.workbench.treeRows('Namespace');
      const planets = rows.find(({ label }) => label === 'planets');
      assert.match(planets?.description ?? JSON.stringify(rows), /^dict \(4\)/);
    }, SHOWN_MS);
  });

  it('shows what was printed in the results panel', async () => {
    await vscode.workbench.openFile('tour.py');
    await run(lineOf(python, 'for name, distance'));
    await shows(lineOf(python, 'for name, distance') + 1, /^Mars/);
    await vscode.workbench.command('Holdfast: Show Results');
    const page = vscode.workbench.webviewFrame('webviewView');
    await page.getByText('Mercury  ....').waitFor();
    await page.getByRole('list').getByText("'Mars'", { exact: true }).waitFor();
  });

  it('shows values of TypeScript on their lines', async () => {
    await vscode.workbench.openFile('tour.ts');
    const planets = lineOf(typescript, 'const planets');
    await run(planets);
    await shows(planets + 5, '✓');
    await run(lineOf(typescript, 'planets.filter'));
    await shows(lineOf(typescript, 'planets.filter'), "→ [ 'Mercury', 'Venus' ]");
  });

  it('cancels a loop from the command palette and keeps the variables', async () => {
    await vscode.workbench.openFile('loop.py');
    await run(1);
    await shows(1, '✓');
    await run(2);
    await shows(3, /running/);
    await vscode.workbench.command('Holdfast: Cancel Execution');
    await shows(3, '■ cancelled');
    await run(4);
    await shows(4, '→ True');
  });

  it('shows an error on its line', async () => {
    await vscode.workbench.openFile('errors.py');
    await run(lineOf(errors, 'moons = '));
    await run(lineOf(errors, 'def moons_of'));
    await run(lineOf(errors, 'moons_of("Vulcan")'));
    await shows(lineOf(errors, 'moons_of("Vulcan")'), "✗ KeyError: 'Vulcan'");
  });

  it('asks what a program asks', async () => {
    await vscode.workbench.openFile('questions.py');
    const line = lineOf(questions, 'name = input');
    await run(line);
    await shows(line, '⋯ waiting for input');
    await vscode.workbench.screenshot('first-run-prompt');
    await vscode.workbench.fillInput('Ada');
    await shows(line, '✓');
    await run(line + 2);
    await shows(line + 2, "→ 'Hello, Ada!'");
  });

  it('shows a value whole in a hover', async () => {
    await vscode.workbench.openFile('tour.py');
    const line = lineOf(python, 'max(');
    await vscode.workbench.goToLine(line);
    // As a person without a mouse would: the cursor at the end of the line, then the key for the hover.
    await vscode.workbench.key('End');
    await vscode.workbench.command('Show or Focus Hover');
    const hover = vscode.workbench.page.locator('.monaco-hover:visible').filter({ hasText: 'Copy value' });
    await hover.waitFor();
    assert.match(
      await hover.innerText(),
      /str \(4\) · Succeeded in <?[\d.]+ ms · simple_sync\s+'Mars'\s+Copy value · Open in results · Rerun/,
    );
    await vscode.workbench.screenshot('first-run-hover');
    await hover.getByText('Copy value').click();
    await eventually(async () => {
      assert.equal(await vscode.workbench.page.evaluate('navigator.clipboard.readText()'), "'Mars'");
    });
  });

  for (const theme of ['dark', 'light', 'hc', 'hc-light'] satisfies Theme[]) {
    it(`can be looked at in the ${theme} theme`, async () => {
      await vscode.workbench.setTheme(theme);
      await vscode.workbench.goToLine(1);
      await vscode.workbench.command('Holdfast: Show Results');
      await vscode.workbench.webviewFrame('webviewView').getByText('Mercury  ....').waitFor();
      await vscode.workbench.screenshot(`first-run-${theme}`);
    });
  }
});
