import assert from 'node:assert/strict';
import { cellsOf, splitCells } from '../../backend/workers/cells.ts';
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

  for (const marker of ['# %%', '#%% title', '# In[3]:', '# In [ ]', '# <codecell>']) {
    it(`is cut at ${marker}`, () => {
      assert.deepEqual(
        splitCells(`1\n${marker}\n2`, python).map(({ line }) => line),
        [1, 2],
      );
    });
  }

  it('is not cut at markers that stand in the middle of code', () => {
    const inPython = [
      'if a:\n    # %% one\n    b',
      'text = """\n# %%\n"""',
      "text = f'''{a}\n# %%\n\\'''\n# %%'''",
      "text = 'one \\\n# %%'",
    ];
    for (const text of inPython) assert.equal(splitCells(text, python).length, 1, text);
    const inTypeScript = [
      'f(() => {\n  // %%\n  a\n})',
      'const a = `\n// %%\n`',
      'const a = `$' + '{f({ b: `}\n` })}\n// %%\n`',
      '/*\n// %%\n*/\na',
    ];
    for (const text of inTypeScript) assert.equal(splitCells(text, typescript).length, 1, text);
  });

  it('is cut at markers below what only looks like the beginning of a string', () => {
    const inPython = [
      '"""doc"""\n# %%\n1',
      'a = "it\'s"  # """\n# %%\n1',
      'b = \'\\\'"""\'\n# %%\n1',
      'c = """never closed\n# %%\n1',
    ];
    for (const text of inPython) assert.equal(splitCells(text, python).length, 2, text);
    const inTypeScript = [
      'a = /[`/]/\n// %%\n1',
      "b = 'it`s' // `\n// %%\n1",
      'c = 1 / 2 // `/\n// %%\n1',
      'return /`/.test(a)\n// %%\n1',
      'd = `never closed\n// %%\n1',
      "e = <p>it's</p>\n// %%\n1",
    ];
    for (const text of inTypeScript) assert.equal(splitCells(text, typescript).length, 2, text);
  });

  it('has regions in regions when they are asked for', () => {
    const text = 'a\n#region one\nb\n# region two\nc\n# endregion\n#endregion\nd\n#region three\ne';
    assert.deepEqual(
      cellsOf(text, python, { regions: true }).map(({ start, end, marked, depth }) => [start, end, marked, depth]),
      [
        [0, 0, false, 0],
        [1, 6, true, 0],
        [3, 5, true, 1],
        [7, 7, false, 0],
        [8, 9, true, 0],
      ],
    );
    assert.equal(cellsOf(text, python).length, 1);
    assert.deepEqual(
      cellsOf('//#region one\na\n//#endregion', typescript, { regions: true }).map(({ start, end }) => [start, end]),
      [[0, 2]],
    );
  });

  it('ends the regions that are open at a marker', () => {
    const text = '#region one\na\n# region two\nb\n# %%\nc\n#endregion\nd';
    assert.deepEqual(
      cellsOf(text, python, { regions: true }).map(({ start, end, depth }) => [start, end, depth]),
      [
        [0, 3, 0],
        [2, 3, 1],
        [4, 7, 0],
      ],
    );
  });

  it('takes no region inside of code for a cell', () => {
    const text = 'class A {\n  //#region methods\n  b() {}\n  //#endregion\n}';
    assert.equal(cellsOf(text, typescript, { regions: true }).length, 1);
  });

  it('tells Markdown, raw and blank cells from code', () => {
    const text = '# %% [markdown]\n# a\n# %% [raw]\n# b\n# %%\n\n# <markdowncell>\n# c\n# %%\nd';
    assert.deepEqual(
      cellsOf(text, python).map(({ kind }) => kind),
      ['prose', 'prose', 'blank', 'prose', 'code'],
    );
  });
});
