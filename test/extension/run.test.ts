import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

describe('running code', () => {
  afterEach(closeAllEditors);

  for (const [language, code, expected] of [
    ['python', '6 * 7', '42'],
    ['javascript', '6 * 7', '42'],
    ['typescript', 'const n: number = 6; n * 7', '42'],
    ['python', '"héllo"', "'héllo'"],
    ['javascript', '`héllo`', "'héllo'"],
  ] as const) {
    it(`shows the value of ${code} in ${language} on its line`, async () => {
      const editor = await openUntitled(language, code);
      await vscode.commands.executeCommand('holdfast.runSelection');
      const result = await expectInline(editor, 0, expected);
      assert.equal(result.kind, 'value');
    });
  }

  for (const [language, lines] of [
    ['python', ['seen = [1, 2, 3]', 'sum(seen)']],
    ['javascript', ['const seen = [1, 2, 3]', 'seen.reduce((a, b) => a + b)']],
    ['typescript', ['const seen: number[] = [1, 2, 3]', 'seen.reduce((a: number, b: number) => a + b)']],
  ] as const) {
    it(`lets the next ${language} statement see the variables of the one before`, async () => {
      const editor = await openUntitled(language, lines.join('\n'));
      await runLine(editor, 0);
      await expectInline(editor, 0, '✓');
      await runLine(editor, 1);
      await expectInline(editor, 1, '6');
      const api = await holdfast();
      await eventually(() => {
        const names = api
          .sessions()
          .flatMap(({ sessionId }) => api.namespace(sessionId).variables.map(({ name }) => name));
        assert.ok(names.includes('seen'), names.join());
      });
    });
  }
});
