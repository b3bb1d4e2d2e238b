import assert from 'node:assert/strict';
import { languageById } from '../../../../backend/workers/index.ts';
import { FileCells } from '../../../../extension/cells/file-cells.ts';
import { separatorsOf } from '../../../../extension/cells/separators.ts';

const python = languageById('python');
const cells = (text: string, regions = false) => new FileCells(text, python, regions);

const MARKED = ['a', '# %% [markdown]', '# text', '# %% one', 'b', '', '# %% two', 'c', ''].join('\n');
const NESTED = ['#region one', 'a', '#region two', 'b', '#endregion', 'c', '#endregion', 'd'].join('\n');

describe('the cells of an open file', () => {
  it('are one cell without markers', () => {
    const file = cells('a\nb\n');
    assert.equal(file.marked, false);
    assert.equal(file.runnable(1)?.end, 2);
    assert.deepEqual(separatorsOf(file, 0, 'all'), []);
  });

  it('are run from anywhere in them, the next one from Markdown', () => {
    const file = cells(MARKED);
    for (const [line, start] of [
      [0, 0],
      [1, 3],
      [2, 3],
      [5, 3],
      [6, 6],
      [8, 6],
    ] as const) {
      assert.equal(file.runnable(line)?.start, start, `from line ${line}`);
    }
  });

  it('leave nothing to run below the last one with code', () => {
    assert.equal(cells('a\n# %%\n\n').runnable(2), undefined);
    assert.equal(cells('').runnable(0), undefined);
  });

  it('are cut to lines', () => {
    assert.deepEqual(cells(MARKED).within({ start: 0, end: 4 }), [
      { start: 0, end: 0 },
      { start: 3, end: 4 },
    ]);
    assert.deepEqual(cells(MARKED).within({ start: 4, end: 8 }), [
      { start: 4, end: 5 },
      { start: 6, end: 8 },
    ]);
  });

  it('are visited one after the other, below their markers', () => {
    const file = cells(MARKED);
    const visit = (from: number, step: 'next' | 'previous') => {
      const visited: number[] = [];
      for (let cell = file[step](from); cell; cell = file[step](visited.at(-1) ?? 0)) {
        visited.push(cell.marked && cell.end > cell.start ? cell.start + 1 : cell.start);
      }
      return visited;
    };
    assert.deepEqual(visit(0, 'next'), [2, 4, 7]);
    assert.deepEqual(visit(8, 'previous'), [7, 4, 2, 0]);
  });

  it('are the innermost region at a line, and the next one goes on behind it', () => {
    const file = cells(NESTED, true);
    for (const [line, start] of [
      [1, 0],
      [2, 2],
      [4, 2],
      [5, 0],
      [7, 7],
    ] as const) {
      assert.equal(file.runnable(line)?.start, start, `from line ${line}`);
    }
    assert.equal(file.outermost(3)?.start, 0);
    assert.equal(file.after({ start: 2, end: 4 })?.start, 7);
  });

  it('are separated by lines above them, those of the current one apart', () => {
    const file = cells(MARKED);
    const lines = (cursor: number, mode: string) =>
      separatorsOf(file, cursor, mode).map(({ line, active }) => (active ? `${line}!` : `${line}`));
    assert.deepEqual(lines(4, 'all'), ['1', '3!', '6!']);
    assert.deepEqual(lines(4, 'current'), ['3!', '6!']);
    assert.deepEqual(lines(0, 'current'), ['1!']);
    assert.deepEqual(lines(4, 'off'), []);
    const region = separatorsOf(cells(NESTED, true), 3, 'current').map(({ line }) => line);
    assert.deepEqual(region, [2, 5]);
  });
});
