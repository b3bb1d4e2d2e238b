import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { eventually } from '../helpers/eventually.ts';
import { useWorkbench } from '../helpers/vscode/use-workbench.ts';

describe('the packaged extension in a fresh VS Code', () => {
  const open = useWorkbench({ files: { 'answer.py': 'answer = 6 * 7\nanswer\n' } });

  it('is there before anything has run, and has started no process', async () => {
    const { workbench } = open;
    await workbench.openFile('answer.py');
    await workbench.showSideBar('Holdfast');
    assert.deepEqual(await workbench.treeRows('Namespace'), []);
    assert.equal(existsSync(open.stateDirectory), false, 'no backend has been started');
  });

  it('shows the value of a statement at the end of its line', async () => {
    const { workbench } = open;
    await workbench.openFile('answer.py');
    await workbench.goToLine(1);
    await workbench.key('Control+Enter');
    await workbench.goToLine(2);
    await workbench.key('Control+Enter');
    await eventually(async () => assert.match((await workbench.inlineTexts()).get(2) ?? '', /42/));
    await workbench.screenshot('smoke');
  });
});
