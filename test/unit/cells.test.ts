import assert from 'node:assert/strict';
import { splitCells } from '../../backend/workers/cells.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';

const python = languageOfDialect('python');
const typescript = languageOfDialect('typescript');

describe('cells of a file', () => {
  it('is one cell without a marker', () => {
    assert.deepEqual(splitCells('a = 1\n\nb = 2', python), [{ line: 1, code: 'a = 1\n\nb = 2' }]);
  });

  it('is cut at its markers, with true lines', () => {
    assert.deepEqual(splitCells('import os\n# %% one\n1\n# %%\n2\n', python), [
      { line: 1, code: 'import os\n' },
      { line: 2, code: '# %% one\n1\n' },
      { line: 4, code: '# %%\n2\n' },
    ]);
    assert.deepEqual(splitCells('// %%\nlet a = 1\r\n// %%\r\na\r\n', typescript), [
      { line: 1, code: '// %%\nlet a = 1\r\n' },
      { line: 3, code: '// %%\r\na\r\n' },
    ]);
  });

  it('leaves out Markdown cells and blank ones', () => {
    assert.deepEqual(splitCells('\n\n# %% [markdown]\n# text\n# %%\n\n# %%\n1', python), [
      { line: 7, code: '# %%\n1' },
    ]);
    assert.deepEqual(splitCells('', python), []);
  });
});
