import assert from 'node:assert/strict';
import type { Dialect } from '../../../../backend/protocol/values.ts';
import { Statements } from '../../../../extension/cells/statements.ts';
import { inRoot } from '../../../../scripts/lib/paths.ts';
import { readSamples } from './corpus.ts';

/** JavaScript is TypeScript, so its documents are read by those grammars, too. */
const CORPUS: readonly (readonly [file: string, dialects: readonly Dialect[]])[] = [
  ['python.txt', ['python']],
  ['javascript.txt', ['javascript', 'typescript', 'typescriptreact']],
  ['jsx.txt', ['javascriptreact', 'typescriptreact']],
  ['typescript.txt', ['typescript', 'typescriptreact']],
  ['tsx.txt', ['typescriptreact']],
];

const GRAMMARS = inRoot('node_modules/@vscode/tree-sitter-wasm/wasm');

describe('the statement at the cursor', () => {
  const statements = new Statements(GRAMMARS, assert.fail);

  for (const [file, dialects] of CORPUS) {
    for (const { name, lines, cursors, expected } of readSamples(file)) {
      for (const dialect of dialects) {
        it(`of ${dialect}: ${name}`, async () => {
          assert.ok(cursors.length > 0);
          for (const cursor of cursors) {
            const found = await statements.at(lines.join('\n'), cursor, dialect);
            assert.deepEqual(found, expected, `at line ${cursor}`);
          }
        });
      }
    }
  }
});
