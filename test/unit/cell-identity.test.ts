import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { identityOf } from '../../backend/durable/steps/cell-identity.ts';

const source = { name: '/w/a.py', path: '/w/a.py', line: 1, column: 0 };
const of = (code: string, more: Partial<typeof source> & { path?: string | null } = {}) =>
  identityOf('python', { ...source, ...more }, code);

describe('the identity of a cell', () => {
  it('is its text in its file, wherever that stands and whatever its title is', async () => {
    const { cellId } = await of('x = 1\ny = 2');
    for (const [code, more] of [
      ['# %% Load\nx = 1\ny = 2\n\n', { line: 9 }],
      ['\r\nx = 1\r\ny = 2\r\n', {}],
    ] as const) {
      assert.equal((await of(code, more)).cellId, cellId);
    }
    assert.notEqual((await of('x = 1\ny = 3')).cellId, cellId);
    assert.notEqual((await of('x = 1\ny = 2', { path: '/w/b.py' })).cellId, cellId);
    assert.notEqual((await identityOf('javascript', source, 'x = 1\ny = 2')).cellId, cellId);
  });

  it('has the title as heading, else the first line of code', async () => {
    assert.equal((await of('# %% Load data\nx = 1')).heading, '# %% Load data');
    assert.equal((await of('# %%\n# comment\n\n  x = 1\ny = 2')).heading, 'x = 1');
    assert.equal((await of('# only')).heading, '# only');
    assert.equal((await of('')).heading, '');
    assert.equal((await of(`x = "${'a'.repeat(1000)}"`)).heading.length, 200);
    assert.equal((await identityOf('javascript', source, '// %%\n// a\nf()')).heading, 'f()');
  });

  it('is that of the file behind a link, and says when there is none', async () => {
    const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'holdfast-identity-')));
    try {
      const [file, link] = [path.join(folder, 'a.py'), path.join(folder, 'l.py')];
      await writeFile(file, '');
      await symlink(file, link);
      assert.equal((await of('1', { path: link })).cellId, (await of('1', { path: file })).cellId);
    } finally {
      await rm(folder, { recursive: true });
    }
    const nowhere = await of('1', { name: '<stdin>', path: null } as never);
    assert.deepEqual([nowhere.file, nowhere.inFile], ['<stdin>', false]);
  });
});
