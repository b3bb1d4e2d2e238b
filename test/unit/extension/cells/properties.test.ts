import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Dialect } from '../../../../backend/protocol/values.ts';
import { cellsOf } from '../../../../backend/workers/cells.ts';
import { languageOfDialect } from '../../../../backend/workers/index.ts';
import { Statements } from '../../../../extension/cells/statements.ts';
import { inRoot } from '../../../../scripts/lib/paths.ts';
import { readSamples } from './corpus.ts';

const GRAMMARS = inRoot('node_modules/@vscode/tree-sitter-wasm/wasm');
const TIMEOUT_MS = 30_000;
const DIALECTS: readonly Dialect[] = ['python', 'javascript', 'typescript', 'javascriptreact', 'typescriptreact'];

const PIECES = [
  ...[
    '\n',
    '\n\n',
    '\r\n',
    ' ',
    '    ',
    '\t',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '`',
    '"""',
    "'''",
    '\\',
    '/',
    '*',
    '/*',
    '*/',
  ],
  ...[
    '#',
    '//',
    '# %%',
    '// %%',
    '#region',
    '#endregion',
    '//#region',
    '//#endregion',
    '@',
    ':',
    ';',
    ',',
    '.',
    '=',
    '=>',
    '<',
    '</',
    '>',
  ],
  ...[
    'def f',
    'class A',
    'if a',
    'else',
    'try',
    'except',
    'function f',
    'const a',
    'return',
    'async',
    'await',
    '${',
    'a',
    '1',
    '🎉',
    '\u2028',
  ],
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
);
const document = fc.record({
  text,
  dialect: fc.constantFrom(...DIALECTS),
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('what is run, of any text', function () {
  this.timeout(TIMEOUT_MS);
  const statements = new Statements(GRAMMARS, assert.fail);

  it('is whole lines in the file, with code at both ends, around the cursor or below it', async () => {
    await fc.assert(
      fc.asyncProperty(document, async ({ text, dialect, place }) => {
        const lines = text.split('\n');
        const line = Math.floor(place * lines.length);
        const range = await statements.at(text, line, dialect);
        if (!range) return;
        assert.ok(range.start >= 0 && range.start <= range.end && range.end < lines.length);
        for (const end of [range.start, range.end]) assert.notEqual(lines[end]?.trim(), '');
        // A comment at the end of a body is part of what stands above it.
        const comment = /^\s*(#|\/)/.test(lines[line] ?? '') && range.end < line;
        assert.ok(range.end >= line || comment, `${range.start}-${range.end} from ${line}`);
      }),
      { numRuns: 400 },
    );
  });

  it('does not depend on the text that was looked at before', async () => {
    const fresh = (dialect: Dialect, text: string, line: number) =>
      new Statements(GRAMMARS, assert.fail).at(text, line, dialect);
    const samples = [...readSamples('python.txt'), ...readSamples('javascript.txt')].map(({ lines }) =>
      lines.join('\n'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        text,
        fc.nat(),
        fc.nat(40),
        fc.nat(),
        async (sample, insert, at, cut, row) => {
          const from = at % (sample.length + 1);
          const edited = sample.slice(0, from) + insert + sample.slice(from + cut);
          const dialect = sample.includes('const ') ? 'javascript' : 'python';
          const line = row % edited.split('\n').length;
          await statements.at(sample, 0, dialect);
          assert.deepEqual(await statements.at(edited, line, dialect), await fresh(dialect, edited, line));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is cells that cover every line of the file once', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...DIALECTS), fc.boolean(), (text, dialect, regions) => {
        const cells = cellsOf(text, languageOfDialect(dialect), { regions });
        let next = 0;
        for (const { start, end } of cells.filter(({ depth }) => depth === 0)) {
          assert.equal(start, next);
          assert.ok(end >= start);
          next = end + 1;
        }
        assert.equal(next, text.split('\n').length);
        for (const inner of cells.filter(({ depth }) => depth > 0)) {
          assert.ok(
            cells.some(
              ({ depth, start, end }) => depth === inner.depth - 1 && start <= inner.start && inner.end <= end,
            ),
            `the region at line ${inner.start} is in none`,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });
});
