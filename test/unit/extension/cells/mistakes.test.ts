import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { parse } from '@babel/parser';
import type { Dialect } from '../../../../backend/protocol/values.ts';
import { type LineRange, mergeSharedLines } from '../../../../extension/cells/line-range.ts';
import { Statements } from '../../../../extension/cells/statements.ts';
import { inRoot } from '../../../../scripts/lib/paths.ts';

const GRAMMARS = inRoot('node_modules/@vscode/tree-sitter-wasm/wasm');
const TIMEOUT_MS = 60_000;

const MISTAKES: Partial<Record<Dialect, readonly string[]>> = {
  python: [
    'broken = f(1',
    'broken =',
    'def broken(:',
    'class Broken',
    'for broken in x',
    'x = = 1',
    'from broken',
    "broken = '",
  ],
  typescript: [
    'const broken = f(1',
    'function broken( {',
    'class Broken',
    'if (broken',
    '}',
    'const = = 1',
    'type Broken = {',
    'else {}',
    "const broken = '",
    'const broken = `',
  ],
};

const project = (pattern: string) =>
  globSync(pattern, { cwd: inRoot() })
    .sort()
    .map((file) => ({ file, text: readFileSync(inRoot(file), 'utf8') }));

describe('the statements of this project', function () {
  this.timeout(TIMEOUT_MS);
  const statements = new Statements(GRAMMARS, assert.fail);

  async function all(text: string, dialect: Dialect): Promise<LineRange[]> {
    const found: LineRange[] = [];
    for (let line = 0; ; line = (found.at(-1)?.end ?? 0) + 1) {
      const next = await statements.at(text, line, dialect);
      if (!next || next.end < line) return found;
      found.push(next);
    }
  }

  it('are those that Babel finds', async () => {
    for (const { file, text } of project('{extension,media}/**/*.ts')) {
      const { program } = parse(text, { sourceType: 'module', plugins: ['typescript', 'decorators'] });
      const nodes = program.body.map(({ loc }) => ({
        start: (loc?.start.line ?? 0) - 1,
        end: (loc?.end.line ?? 0) - 1,
      }));
      assert.deepEqual(await all(text, 'typescript'), mergeSharedLines(nodes), file);
    }
  });

  for (const [dialect, pattern] of [
    ['python', 'backend/workers/python/worker/*/[a-m]*s.py'],
    ['typescript', 'extension/{inline,prompts}/*.ts'],
  ] as const) {
    it(`in ${dialect} stay what they are beside a mistake`, async () => {
      const wrong: string[] = [];
      let count = 0;
      for (const { file, text } of project(pattern)) {
        const lines = text.split('\n');
        const own = await all(text, dialect);
        for (const [index, mistake] of (MISTAKES[dialect] ?? []).entries()) {
          const place = own[(index * 7) % own.length]?.start ?? 0;
          const broken = [...lines.slice(0, place), mistake, ...lines.slice(place)].join('\n');
          for (const [at, { start, end }] of own.entries()) {
            // All in small files, those around the mistake and some others in long ones.
            if (own.length > 12 && Math.abs(start - place) > 40 && at % 5 !== index % 5) continue;
            const shift = start >= place ? 1 : 0;
            const found = await statements.at(broken, start + shift, dialect);
            count++;
            if (found?.start !== start + shift || found.end !== end + shift) {
              wrong.push(
                `${file}: "${mistake}" at ${place + 1}, statement ${start + shift + 1}-${end + shift + 1}, found ${found && `${found.start + 1}-${found.end + 1}`}`,
              );
            }
          }
        }
      }
      assert.ok(count > 500);
      assert.deepEqual(wrong, []);
    });
  }
});
