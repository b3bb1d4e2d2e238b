import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NamespaceRow } from '../../extension/views/namespace/rows.ts';
import type { ShownRow } from '../../extension/views/shown-row.ts';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, putCursor, runLine } from './support/holdfast.ts';

const SHOWN_MS = 15_000;

async function killAll(): Promise<void> {
  for (const { sessionId } of (await holdfast()).sessions())
    await vscode.commands.executeCommand('holdfast.killSession', { sessionId });
}

/** The rows of a language's session. */
async function variables(language: string): Promise<readonly ShownRow<NamespaceRow>[]> {
  const api = await holdfast();
  const session = api.sessions().find((it) => it.language === language);
  const rows = await api.namespaceRows();
  const row = rows.find(({ row }) => row.kind === 'session' && row.sessionId === session?.sessionId);
  return row ? await api.namespaceRows(row.row) : [];
}

async function variable(language: string, name: string): Promise<ShownRow<NamespaceRow>> {
  const rows = await variables(language);
  const found = rows.find(({ label }) => label === name);
  assert.ok(found, `No ${name} among ${rows.map(({ label }) => label).join(', ')}`);
  return found;
}

async function children(language: string, name: string): Promise<readonly ShownRow<NamespaceRow>[]> {
  return await (await holdfast()).namespaceRows((await variable(language, name)).row);
}

/** Runs lines one after the other and waits until the last one has its result. */
async function run(language: string, lines: readonly string[]): Promise<vscode.TextEditor> {
  const editor = await openUntitled(language, lines.join('\n'));
  for (const line of lines.keys()) await runLine(editor, line);
  await expectInline(editor, lines.length - 1, /./);
  await eventually(async () => {
    const found = (await holdfast()).inlineResults(editor.document.uri);
    assert.ok(found.every(({ kind }) => kind !== 'pending'));
  }, SHOWN_MS);
  return editor;
}

describe('the Namespace view', () => {
  before(killAll);
  afterEach(closeAllEditors);
  after(killAll);

  it('marks what the last execution made and what it changed', async () => {
    await run('python', ['count = 1', 'other = "text"', 'count = 2; fresh = None']);
    await eventually(async () => {
      assert.match((await variable('python', 'count')).spoken, /^count, int, 2, Changed by the last execution$/);
      assert.match((await variable('python', 'fresh')).spoken, /^fresh, NoneType, None, New since the last execution$/);
      assert.match((await variable('python', 'other')).spoken, /^other, str \(4\), 'text'$/);
    });
  });

  it('draws only the rows that have changed', async () => {
    const api = await holdfast();
    const editor = await run('python', ['count = 1', 'count = 5']);
    await eventually(async () => assert.match((await variable('python', 'count')).description, /5/));
    const drawn: (readonly NamespaceRow[] | undefined)[] = [];
    const listening = api.onDidChangeNamespaceRows((rows) => drawn.push(rows));
    await runLine(editor, 0);
    await eventually(async () => assert.match((await variable('python', 'count')).description, /1$/));
    listening.dispose();
    // The session's own row says that it runs, where the view saw that.
    const names = drawn
      .flatMap((rows): (NamespaceRow | null)[] => (rows ? [...rows] : [null]))
      .map((row) => (row === null ? 'everything' : row.kind === 'variable' ? row.name : row.kind));
    assert.ok(names.includes('count') || names.includes('session'), names.join());
    assert.ok(!names.includes('other') && !names.includes('everything'), names.join());
  });

  for (const [language, code, name, roles] of [
    ['python', 'row = {"a": [1, 2, 3], "b": {"c": 1}}', 'row', ["'a'", "'b'"]],
    ['javascript', 'row = new Map([["a", [1, 2, 3]], ["b", { c: 1 }]])', 'row', ['"a"', '"b"']],
  ] as const) {
    it(`opens what is below a value of ${language}, and what is below that`, async () => {
      await run(language, [code]);
      await eventually(async () => assert.ok(await variable(language, name)));
      const below = await children(language, name);
      const labels = below.map(({ label }) => label);
      assert.ok(
        roles.every((role) => labels.some((label) => label.includes(role.slice(1, -1)))),
        labels.join(),
      );
      const first = below.find(({ label }) => label.includes('a'));
      assert.ok(first);
      assert.ok((await (await holdfast()).namespaceRows(first.row)).length >= 3);
    });
  }

  it('shows 100 children and then more of them', async () => {
    const api = await holdfast();
    await run('python', ['many = list(range(250))']);
    await eventually(async () => assert.ok(await variable('python', 'many')));
    const labels = async () => (await children('python', 'many')).map(({ label }) => label);
    assert.deepEqual((await labels()).slice(-2), ['[99]', 'Show more']);
    const rowId = (await variable('python', 'many')).row.id;
    await vscode.commands.executeCommand('holdfast.showMoreVariables', { rowId });
    await vscode.commands.executeCommand('holdfast.showMoreVariables', { rowId });
    assert.equal((await labels()).length, 250);
    assert.equal(api.namespaceMessage(), '');
  });

  it('sorts, hides kinds and says how many are hidden', async () => {
    const settings = vscode.workspace.getConfiguration('holdfast.namespace');
    await run('python', ['import math', 'zebra = [1, 2, 3]', 'def apple(): pass', '_private = 1']);
    const shown = async () => (await variables('python')).map(({ label }) => label);
    await eventually(async () => assert.ok((await shown()).includes('apple')));
    assert.ok(!(await shown()).includes('math') && !(await shown()).includes('_private'));
    await vscode.commands.executeCommand('holdfast.showModules');
    await vscode.commands.executeCommand('holdfast.hideFunctions');
    await eventually(async () => assert.ok((await shown()).includes('math') && !(await shown()).includes('apple')));
    await vscode.commands.executeCommand('holdfast.sortNamespace', 'name');
    await eventually(async () => assert.deepEqual(await shown(), (await shown()).toSorted()));
    const [session] = await (await holdfast()).namespaceRows();
    assert.match(session?.description ?? '', /^\d+ variables · 2 hidden/);
    for (const name of ['sort', 'hideModules', 'hideFunctions'])
      await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
  });

  it('keeps pinned variables first', async () => {
    await run('python', ['zebra = [1, 2, 3]', 'apple = 1']);
    await eventually(async () => assert.ok(await variable('python', 'zebra')));
    await vscode.commands.executeCommand('holdfast.pinVariable', (await variable('python', 'zebra')).row);
    const [first] = await variables('python');
    assert.equal(first?.label, 'zebra');
    assert.match(first?.spoken ?? '', /pinned/);
    assert.match(first?.context ?? '', /\bpinned/);
    await vscode.commands.executeCommand('holdfast.unpinVariable', first?.row);
    assert.doesNotMatch((await variable('python', 'zebra')).spoken, /pinned/);
  });

  it('goes to the code that changed a variable last', async () => {
    const editor = await run('python', ['first = 1', 'second = 2', 'first = 3']);
    await eventually(async () => assert.match((await variable('python', 'first')).description, /3/));
    putCursor(editor, 0);
    await vscode.commands.executeCommand('holdfast.revealDefinition', (await variable('python', 'first')).row);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 2);
  });

  it('copies how code names a value', async () => {
    await run('python', ['row = {"a": [1, 2, 3]}']);
    await eventually(async () => assert.ok(await variable('python', 'row')));
    const below = (await children('python', 'row'))[0];
    await vscode.commands.executeCommand('holdfast.copyVariableName', below?.row);
    assert.match(await vscode.env.clipboard.readText(), /^row\[["']a["']\]$/);
  });

  for (const [language, code] of [
    ['python', 'table = [{"name": "a", "size": 1}, {"name": "b", "size": 2}]'],
    ['javascript', 'table = [{ name: "a", size: 1 }, { name: "b", size: 2 }]'],
  ] as const) {
    it(`copies a whole value of ${language} as text, as JSON and as CSV`, async () => {
      await run(language, [code]);
      await eventually(async () => assert.ok(await variable(language, 'table')));
      const { row } = await variable(language, 'table');
      const copied = async (command: string) => {
        await vscode.env.clipboard.writeText('');
        await vscode.commands.executeCommand(command, row);
        return await vscode.env.clipboard.readText();
      };
      await eventually(async () => assert.match(await copied('holdfast.copyVariableValue'), /name.*size/));
      assert.deepEqual(JSON.parse(await copied('holdfast.copyVariableJson')), [
        { name: 'a', size: 1 },
        { name: 'b', size: 2 },
      ]);
      assert.match(await copied('holdfast.copyVariableCsv'), /name,size\r?\n.*a,1/);
    });
  }

  it('shows no text of a program as anything but text', async () => {
    const code = [
      "globals()['_\\u202ename\\n'] = 'x'",
      "spoofed = '\\u202e\\u0007 [click](command:workbench.action.quit) $(bug)'",
      "long = 'x' * 1_000_000",
    ];
    await run('python', code);
    await eventually(async () => assert.ok(await variable('python', 'long')));
    await vscode.commands.executeCommand('holdfast.showPrivate');
    await eventually(async () => assert.match((await variable('python', '_\\u{202e}name␊')).description, /'x'/));
    const { description } = await variable('python', 'spoofed');
    assert.doesNotMatch(description, /[\u202e\u0007]/);
    assert.ok((await variable('python', 'long')).description.length < 500);
    await vscode.workspace
      .getConfiguration('holdfast.namespace')
      .update('hidePrivate', undefined, vscode.ConfigurationTarget.Global);
  });

  it('lists 5,000 variables 500 at a time', async () => {
    await run('python', ['for n in range(5000): globals()[f"v{n}"] = n', 'v0 = -1']);
    const labels = async () => (await variables('python')).length;
    await eventually(async () => assert.equal(await labels(), 501), SHOWN_MS);
  });
});
