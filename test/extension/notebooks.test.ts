import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { HEAD_CHARACTERS, TAIL_CHARACTERS } from '../../extension/client/output-text.ts';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';
import {
  closeNotebook,
  errorOf,
  openNotebook,
  outputsOf,
  rested,
  runCells,
  STDERR,
  STDOUT,
  shows,
  textOf,
} from './support/notebook.ts';

/** Longer than a cell of these tests takes when nothing is wrong. */
const SLOW_MS = 30_000;

const RICH = `class Rich:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            "text/plain": "plain", "text/html": "<b>bold</b>", "text/markdown": "# Title", "text/latex": "$x^2$",
            "application/json": {"a": [1]}, "image/png": "iVBORw0KGgo=", "image/svg+xml": "<svg/>",
            "application/vnd.code.notebook.error": "{}",
        }
Rich()`;

describe('notebooks', function () {
  this.timeout(2 * SLOW_MS);
  afterEach(async () => {
    await closeAllEditors();
    // What a test that failed has left running would be the next one's failure too.
    for (const { sessionId, running } of (await holdfast()).sessions())
      if (running) await vscode.commands.executeCommand('holdfast.interruptSession', { sessionId });
  });
  after(async () => {
    for (const { sessionId } of (await holdfast()).sessions())
      await vscode.commands.executeCommand('holdfast.killSession', { sessionId });
  });

  it('run Python without ipykernel, and JavaScript and TypeScript, in the sessions of the editor', async () => {
    const notebook = await openNotebook(
      ['python', 'import importlib.util\nfrom_notebook = 6 * 7\nimportlib.util.find_spec("ipykernel") is None'],
      ['markdown', '# Title'],
      ['typescript', 'const many: number[] = [1, 2]; many'],
      ['javascript', 'many.length'],
    );
    await runCells(notebook);
    for (const index of [0, 2, 3]) assert.equal((await rested(notebook, index)).success, true);
    assert.deepEqual(
      [0, 2, 3].map((index) => textOf(notebook, index)),
      ['True', '[ 1, 2 ]', '2'],
    );
    assert.deepEqual(
      [0, 2, 3].map((index) => notebook.notebook.cellAt(index).executionSummary?.executionOrder),
      [1, 2, 3],
    );
    const editor = await openUntitled('python', 'from_notebook');
    await runLine(editor, 0);
    await expectInline(editor, 0, '42');
  });

  it('show a value in all its forms, of which none passes for an output of VS Code', async () => {
    const notebook = await openNotebook(['python', RICH]);
    await runCells(notebook);
    await rested(notebook, 0);
    const [output, ...others] = outputsOf(notebook, 0);
    assert.deepEqual(others, []);
    assert.deepEqual(output?.forms, {
      'text/plain': 'plain',
      'text/html': '<b>bold</b>',
      'text/markdown': '# Title',
      'text/latex': '$x^2$',
      'application/json': '{"a": [1]}',
      'image/png': '8 bytes',
      'image/svg+xml': '<svg/>',
    });
    assert.equal(output?.metadata?.['outputType'], 'execute_result');
  });

  it('show what is displayed in its place among the printed text', async () => {
    const notebook = await openNotebook(
      ['python', 'for n in range(3):\n    print(n)\n    display(n * 10)\nimport sys\nprint("end", file=sys.stderr)'],
      ['javascript', 'for (const n of [1, 2]) { console.log(n); display(n * 10) }'],
    );
    await runCells(notebook);
    await rested(notebook, 1);
    const shown = (index: number) => outputsOf(notebook, index).map(({ forms }) => Object.values(forms)[0]);
    assert.deepEqual(shown(0), ['0\n', '0', '1\n', '10', '2\n', '20', 'end\n']);
    assert.equal(textOf(notebook, 0, STDERR), 'end\n');
    assert.deepEqual(shown(1), ['1\n', '10', '2\n', '20']);
  });

  for (const [language, define, call, place] of [
    ['python', 'def half(n):\n    return n / 0', '# one\nhalf(3)', /cell 1", line 2, in half/],
    ['javascript', 'function half(n) {\n  return n.none.none\n}', '// one\nhalf(3)', /half \(.*cell 1:2:\d+\)/],
  ] as const) {
    it(`show an error with the cells of its frames (${language})`, async () => {
      const notebook = await openNotebook([language, define], ['markdown', 'between'], [language, call]);
      await runCells(notebook);
      assert.equal((await rested(notebook, 2)).success, false);
      const { stack } = errorOf(notebook, 2);
      const order = notebook.notebook.cellAt(0).executionSummary?.executionOrder;
      assert.equal(stack.split('\n')[0], `Cell In[${order}], line 2`);
      assert.match(stack, place);
      const name = path.basename(notebook.notebook.uri.fsPath);
      assert.ok(stack.includes(`${name}, cell 3`), stack);
      assert.ok(!stack.includes(notebook.notebook.uri.fsPath), stack);
      const [first, , third] = notebook.notebook.getCells().map((cell) => cell.document.uri);
      assert.ok(first && third);
      await eventually(() => {
        const [marked] = vscode.languages.getDiagnostics(third).filter((it) => it.source === 'Holdfast');
        assert.equal(marked?.range.start.line, 1);
        const [frame] = marked.relatedInformation ?? [];
        assert.deepEqual([frame?.location.uri.toString(), frame?.location.range.start.line], [first.toString(), 1]);
      });
    });
  }

  it('give an error no link of the program', async () => {
    const notebook = await openNotebook(['python', `raise ValueError("<a href='command:x'>here</a>")`]);
    await runCells(notebook);
    await rested(notebook, 0);
    const { message, stack } = errorOf(notebook, 0);
    assert.equal(message, "<a href='command:x'>here</a>");
    assert.ok(!/<a\s/.test(stack), stack);
  });

  it('stop a batch at the first error, and leave the cells behind it as they were', async () => {
    const notebook = await openNotebook(
      ['python', 'ran = 1'],
      ['python', 'if ran > 1: raise ValueError("no")'],
      ['python', 'ran'],
      ['typescript', 'const other = 1'],
    );
    await runCells(notebook);
    await rested(notebook, 3);
    assert.equal(textOf(notebook, 2), '1');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(notebook.notebook.cellAt(0).document.uri, new vscode.Range(0, 6, 0, 7), '2');
    await vscode.workspace.applyEdit(edit);
    await runCells(notebook);
    await eventually(() => assert.equal(errorOf(notebook, 1).message, 'no'), SLOW_MS);
    assert.equal(textOf(notebook, 2), '1');
  });

  for (const [language, loop, after, kept] of [
    ['python', 'turns = 0\nwhile True: turns += 1', 'turns > 0', 'True'],
    ['javascript', 'let turns = 0\nfor (;;) turns++', 'turns > 0', 'true'],
  ] as const) {
    it(`cancel a loop and what waits behind it, and keep the variables (${language})`, async () => {
      const notebook = await openNotebook([language, loop], [language, '"never"'], [language, after]);
      const api = await holdfast();
      const running = runCells(notebook, 0, 2);
      await eventually(() => assert.ok(api.sessions().some(({ running, queued }) => running && queued === 1)), SLOW_MS);
      await vscode.commands.executeCommand('notebook.cancelExecution', notebook.notebook.uri);
      await running;
      assert.equal((await rested(notebook, 0)).success, false);
      assert.deepEqual(outputsOf(notebook, 1), []);
      await runCells(notebook, 2);
      await shows(notebook, 2, kept);
    });
  }

  it('ask what a cell asks', async () => {
    const notebook = await openNotebook(['python', 'name = input("Who? ")\nname']);
    const api = await holdfast();
    const running = runCells(notebook);
    await eventually(() => assert.equal(api.shownPrompt()?.prompt, 'Who? '), SLOW_MS);
    assert.match(api.shownPrompt()?.location?.file ?? '', /notebook-\d+\.ipynb, cell 1$/);
    await api.answerPrompt(api.shownPrompt()?.promptId ?? '', 'Ada');
    await running;
    await shows(notebook, 0, "'Ada'");
  });

  it('begin again after a restart', async () => {
    const notebook = await openNotebook(['python', 'gone = 1'], ['python', 'gone']);
    await runCells(notebook);
    const { order = 0 } = await rested(notebook, 1);
    assert.ok(order > 1);
    await vscode.commands.executeCommand('holdfast.restartNotebook', notebook.notebook.uri);
    await runCells(notebook, 1);
    await eventually(() => assert.equal(errorOf(notebook, 1).name, 'NameError'), SLOW_MS);
    assert.equal((await rested(notebook, 1)).order, 1);
  });

  it('count anew once the sessions of all their languages were restarted', async () => {
    const notebook = await openNotebook(['python', '1'], ['typescript', '2']);
    await runCells(notebook);
    const { order = 0 } = await rested(notebook, 1);
    assert.ok(order > 1);
    await vscode.commands.executeCommand('holdfast.restartNotebook', notebook.notebook.uri);
    await runCells(notebook, 1);
    assert.equal((await rested(notebook, 1)).order, 1);
    await runCells(notebook, 0);
    assert.equal((await rested(notebook, 0)).order, 2);
  });

  it('keep the beginning and the end of a flood', async () => {
    const notebook = await openNotebook(['python', 'for n in range(300_000): print("line", n)']);
    await runCells(notebook);
    await rested(notebook, 0);
    const text = textOf(notebook, 0, STDOUT);
    assert.ok(text.startsWith('line 0\nline 1\n') && text.endsWith('line 299999\n'));
    // The end is kept in whole pieces.
    assert.ok(text.length <= HEAD_CHARACTERS + 2 * TAIL_CHARACTERS, `${text.length} characters`);
    assert.match(textOf(notebook, 0, STDERR), /characters cut/);
  });

  it('show after a clear what comes from then on', async () => {
    const notebook = await openNotebook(['python', 'print("before")\ninput()\nprint("after")']);
    const api = await holdfast();
    const running = runCells(notebook);
    await shows(notebook, 0, 'before\n', STDOUT);
    await eventually(() => assert.ok(api.shownPrompt()));
    await vscode.commands.executeCommand('notebook.clearAllCellsOutputs', notebook.notebook.uri);
    await eventually(() => assert.deepEqual(outputsOf(notebook, 0), []));
    await api.answerPrompt(api.shownPrompt()?.promptId ?? '', '');
    await running;
    await shows(notebook, 0, 'after\n', STDOUT);
  });

  it('let the session go on when they are closed', async () => {
    const notebook = await openNotebook(['python', 'import asyncio\nawait asyncio.sleep(0.5)\nfinished = "yes"']);
    const api = await holdfast();
    const running = runCells(notebook);
    await eventually(() => assert.ok(api.sessions().some(({ running }) => running)), SLOW_MS);
    await closeNotebook(notebook);
    await running;
    const editor = await openUntitled('python', 'finished');
    await runLine(editor, 0);
    await expectInline(editor, 0, "'yes'");
  });

  it('give an empty cell no number', async () => {
    const notebook = await openNotebook(['python', ' \n'], ['python', '1']);
    await runCells(notebook);
    await shows(notebook, 1, '1');
    assert.equal(notebook.notebook.cellAt(0).executionSummary?.executionOrder, undefined);
  });

  it('are saved as Jupyter would save them', async () => {
    const notebook = await openNotebook(['python', 'print("out")\n6 * 7'], ['python', '1 / 0']);
    await runCells(notebook);
    await rested(notebook, 1);
    assert.ok(await notebook.notebook.save());
    const saved = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(notebook.notebook.uri)));
    const [first, second] = saved.cells;
    assert.deepEqual(
      first.outputs.map((output: Record<string, unknown>) => [output['output_type'], output['execution_count']]),
      [
        ['stream', undefined],
        ['execute_result', first.execution_count],
      ],
    );
    assert.deepEqual([second.outputs[0].output_type, second.outputs[0].ename], ['error', 'ZeroDivisionError']);
  });
});

describe('the interactive window of VS Code', function () {
  this.timeout(2 * SLOW_MS);
  afterEach(closeAllEditors);

  it('runs code in the session of the editor, and is interrupted', async () => {
    const editor = await openUntitled('python', 'from_editor = 6 * 7');
    await runLine(editor, 0);
    const opened = await vscode.commands.executeCommand<{ notebookUri: vscode.Uri; inputUri: vscode.Uri }>(
      'holdfast.openInteractiveWindow',
    );
    const submit = async (code: string) => {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(opened.inputUri, new vscode.Position(0, 0), code);
      await vscode.workspace.applyEdit(edit);
      return vscode.commands.executeCommand('interactive.execute', opened.notebookUri);
    };
    const notebook = () => {
      const found = vscode.workspace.notebookDocuments.find(({ uri }) => uri.path === opened.notebookUri.path);
      assert.ok(found);
      return { notebook: found };
    };
    await submit('from_editor');
    await eventually(() => assert.equal(textOf(notebook(), 0), '42'), SLOW_MS);
    const running = submit('while True: pass');
    await eventually(async () => assert.ok((await holdfast()).sessions().some(({ running }) => running)), SLOW_MS);
    await vscode.commands.executeCommand('notebook.interruptExecution', opened.notebookUri);
    await running;
    assert.equal(errorOf(notebook(), 1).name, 'KeyboardInterrupt');
  });
});
