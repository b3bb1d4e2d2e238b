import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

interface Output {
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

const DIST = path.join(import.meta.dirname, '../../dist');
/** What activation needs of other people's code. */
const NEEDED = /^node_modules\/@vscode\/python-extension\//;

/** The source files that are loaded with an entry of the extension: all but what stands in an `import()`. */
async function loadedWith(entry: string): Promise<string[]> {
  const { outputs }: { outputs: Readonly<Record<string, Output>> } = JSON.parse(
    await readFile(path.join(DIST, 'meta/extension.json'), 'utf8'),
  );
  const files = new Set(Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === entry));
  // The set grows while it is gone through.
  for (const file of files) {
    for (const { path: target, kind } of outputs[file]?.imports ?? []) {
      if (kind !== 'dynamic-import' && outputs[target]) files.add(target);
    }
  }
  return [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
}

describe('activation', () => {
  it('loads no schema and no library: they come with the first command, connection or page', async () => {
    const loaded = await loadedWith('extension/main.ts');
    assert.ok(loaded.includes('extension/client/sessions.ts'));
    const libraries = loaded.filter((file) => file.startsWith('node_modules/') && !NEEDED.test(file));
    // What pulls them in is an `import` of the protocol's schemas that could be an `import type`, or a `call` by name.
    assert.deepEqual([...new Set(libraries.map((file) => file.split('/').slice(0, 3).join('/')))], []);
  });

  it('reads one file', async () => {
    const code = await readFile(path.join(DIST, 'extension.cjs'), 'utf8');
    // What is indented is in a function.
    assert.deepEqual(code.match(/^\S.*\brequire\("\.\.?\/.*$/gm) ?? [], []);
    assert.match(code, /^ .*\brequire\("\.\/extension\/[^"]+\.cjs"\)/m);
  });

  it('would notice a library', async () => {
    const loaded = await loadedWith('extension/commands/perform.ts');
    assert.ok(loaded.some((file) => file.startsWith('node_modules/zod/')));
  });
});
