import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Dialect } from '../../../../backend/protocol/values.ts';
import { languageOfDialect } from '../../../../backend/workers/index.ts';
import { keepOutputs, notebookOfScript, scriptOfNotebook } from '../../../../extension/notebooks/ipynb/convert.ts';
import {
  type NotebookCell,
  type NotebookFile,
  parseNotebook,
  printNotebook,
} from '../../../../extension/notebooks/ipynb/notebook-file.ts';
import { english } from '../english.ts';

const PYTHON = `"""The script's own text."""
import math

# %% Load data
data = [1, 2]


# %% [markdown] The plan
# # Title
#
# - a point

# In[3]:
data
`;

const cellsOf = (notebook: NotebookFile) =>
  notebook.cells.map(({ cell_type, source, metadata }) => [cell_type, source, metadata]);
const notebook = (cells: Partial<NotebookCell>[], language = 'python'): NotebookFile => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { language_info: { name: language } },
  cells: cells.map((cell, index) => ({ cell_type: 'code', id: `c${index}`, metadata: {}, source: '', ...cell })),
});

/** Lines of which some look like markers, comments, quotes and escapes. */
const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\r\n]/.test(text)),
  fc.constantFrom(
    '%% x',
    '\\%% x',
    'In [3]: 1',
    '<codecell>',
    '  %%',
    '# %%x',
    '"""',
    '/*',
    '*/',
    '',
    ' ',
    '#',
    '// x',
  ),
);
const prose = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'));
const dialects: Dialect[] = ['python', 'javascript', 'typescript'];

/** Without blank lines at its ends, as cells are stored. */
const trimmed = (text: string) => {
  const lines = text.split('\n');
  while (lines.length > 0 && lines[0]?.trim() === '') lines.shift();
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  return lines.join('\n');
};

function anyCell(dialect: Dialect): fc.Arbitrary<Partial<NotebookCell>> {
  const { cellMarker } = languageOfDialect(dialect);
  // A marker inside a code cell starts a new cell, and magics become comments: the tests below are about those.
  const code = prose.filter((text) => !text.split('\n').some((it) => cellMarker.test(it) || /^[%!]/.test(it)));
  return fc.oneof(
    code.map((source) => ({ cell_type: 'code' as const, source: trimmed(source) })),
    prose.map((source) => ({ cell_type: 'markdown' as const, source: trimmed(source) })),
    prose.map((source) => ({ cell_type: 'raw' as const, source: trimmed(source) })),
    prose.map((source) => ({ source: trimmed(source), metadata: { vscode: { languageId: 'sql' } } })),
  );
}

describe('a script and its notebook', () => {
  for (const dialect of dialects) {
    it(`come back from each other with the same cells (${dialect}, any cells)`, () => {
      fc.assert(
        fc.property(fc.array(anyCell(dialect), { maxLength: 5 }), (cells) => {
          const before = notebook(cells, dialect);
          const script = scriptOfNotebook(before);
          const after = notebookOfScript(script.text, script.dialect);
          assert.deepEqual(cellsOf(after), cellsOf(before));
          assert.equal(scriptOfNotebook(after).text, script.text);
        }),
      );
    });

    it(`come to rest after one way and back (${dialect}, any text)`, () => {
      fc.assert(
        fc.property(prose, (text) => {
          const once = scriptOfNotebook(notebookOfScript(text, dialect)).text;
          assert.equal(scriptOfNotebook(notebookOfScript(once, dialect)).text, once);
        }),
      );
    });
  }

  it('are the same script again, markers and titles and all', () => {
    const script = scriptOfNotebook(notebookOfScript(PYTHON, 'python'));
    assert.equal(script.text, PYTHON.replace('[1, 2]\n\n\n', '[1, 2]\n\n'));
  });

  it('have the cells that the markers make', () => {
    assert.deepEqual(cellsOf(notebookOfScript(PYTHON, 'python')), [
      ['code', '"""The script\'s own text."""\nimport math', { holdfast: { marker: null } }],
      ['code', 'data = [1, 2]', { holdfast: { marker: '# %% Load data' } }],
      ['markdown', '# Title\n\n- a point', { holdfast: { marker: '# %% [markdown] The plan' } }],
      ['code', 'data', { holdfast: { marker: '# In[3]:' } }],
    ]);
  });

  it('keep a cell of another language as a comment', () => {
    const mixed = notebook([{ source: 'x = 1' }, { source: 'x', metadata: { vscode: { languageId: 'javascript' } } }]);
    assert.equal(scriptOfNotebook(mixed).text, '# %%\nx = 1\n\n# %% [javascript]\n# x\n');
  });

  it('read Markdown in a string or a block comment', () => {
    const python = notebookOfScript('# %% [markdown]\n"""\n# Title\n"""\n', 'python');
    const javascript = notebookOfScript('// %% [md]\n/*\n# Title\n*/\n', 'javascript');
    for (const { cells } of [python, javascript]) assert.equal(cells[0]?.source, '# Title');
  });
});

describe('a notebook from elsewhere', () => {
  it('has its magics made comments, and counted', () => {
    const script = scriptOfNotebook(
      notebook([
        { source: '%matplotlib inline\nx = """\n%d\n"""\n!ls' },
        { source: '%%time\nf()' },
        { source: '%%bash\nls' },
        { source: 'y = 7 \\\n  % 2' },
      ]),
    );
    assert.equal(
      script.text,
      '# %%\n# %matplotlib inline\nx = """\n%d\n"""\n# !ls\n\n# %%\n# \\%%time\nf()\n\n# %%\n# \\%%bash\n# ls\n\n# %%\ny = 7 \\\n  % 2\n',
    );
    assert.equal(script.magics, 4);
  });

  it('says what a script does not have', () => {
    const outputs = [{ output_type: 'stream', name: 'stdout', text: 'x' }];
    const { outputs: withOutputs, attachments } = scriptOfNotebook(
      notebook([{ outputs }, { outputs: [] }, { cell_type: 'markdown', attachments: { 'a.png': {} } }]),
    );
    assert.deepEqual([withOutputs, attachments], [1, 1]);
  });

  it('is Python when its kernel says so, and what was asked for when it says nothing known', () => {
    const named = (metadata: Record<string, unknown>) => scriptOfNotebook({ ...notebook([]), metadata }).dialect;
    assert.equal(named({ kernelspec: { name: 'python3', display_name: 'x' } }), 'python');
    assert.equal(named({ language_info: { name: 'typescript' } }), 'typescript');
    assert.equal(scriptOfNotebook({ ...notebook([]), metadata: {} }, 'javascript').dialect, 'javascript');
  });

  it('is refused with words when it is none', () => {
    const read = (text: string) => () => parseNotebook(text, 'a.ipynb', english.t);
    assert.throws(read('{'), /a\.ipynb is not a notebook: it is no JSON/);
    assert.throws(read('{"nbformat": 3, "worksheets": []}'), /notebook format 3\. Save it in format 4/);
    assert.throws(read('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}'), /not a notebook:[\s\S]*cells/);
  });
});

describe('a notebook file', () => {
  it('is written as Jupyter writes it, and read back', () => {
    const written = printNotebook(notebookOfScript('# %%\na\nb\n', 'python'));
    const json = JSON.parse(written);
    assert.deepEqual(json.cells[0].source, ['a\n', 'b']);
    assert.match(json.cells[0].id, /^[a-zA-Z0-9-_]{1,64}$/);
    assert.deepEqual([json.nbformat, json.nbformat_minor], [4, 5]);
    assert.equal(printNotebook(parseNotebook(written, 'a.ipynb', english.t)), written);
  });

  it('has an id of its own in every cell', () => {
    const ids = notebookOfScript('# %%\na\n# %%\na\n# %%\na', 'python').cells.map(({ id }) => id);
    assert.equal(new Set(ids).size, 3);
  });

  it('keeps the outputs of cells that are still the same when a script is written over it', () => {
    const outputs = [{ output_type: 'stream', name: 'stdout', text: 'x' }];
    const older = notebook([
      { id: 'old', source: 'a', outputs, execution_count: 3 },
      { id: 'gone', source: 'b', outputs },
    ]);
    const { notebook: kept, lost } = keepOutputs(notebookOfScript('# %%\nnew\n# %%\na\n', 'python'), older);
    assert.deepEqual(
      kept.cells.map(({ source, outputs = [], execution_count }) => [source, outputs.length, execution_count]),
      [
        ['new', 0, null],
        ['a', 1, 3],
      ],
    );
    assert.deepEqual([kept.cells[1]?.id, lost], ['old', 1]);
  });
});
