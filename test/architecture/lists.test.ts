import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gate } from '../../backend/capabilities/gate.ts';
import { capabilities } from '../../backend/capabilities/index.ts';
import { commands } from '../../backend/cli/commands/index.ts';
import { CATEGORIES } from '../../backend/protocol/security.ts';
import { languages } from '../../backend/workers/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(path.join(root, folder), { withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ name }) => name);
}

describe('THE lists', () => {
  it('of languages names every folder of backend/workers', async () => {
    const folders = (await readdir(path.join(root, 'backend/workers'), { withFileTypes: true }))
      .filter(
        (entry) => entry.isDirectory() && existsSync(path.join(root, 'backend/workers', entry.name, 'language.ts')),
      )
      .map(({ name }) => name);
    assert.deepEqual(languages.map(({ id }) => id).sort(), folders.sort());
  });

  it('of capabilities names every file that exports one', async () => {
    const found: string[] = [];
    for (const file of await filesIn('backend/capabilities')) {
      const text = await readFile(path.join(root, 'backend/capabilities', file), 'utf8');
      if (/ = (human|sendOnly|performed)</.test(text)) found.push(path.parse(file).name.replaceAll('-', '_'));
    }
    const operations: string[] = [...CATEGORIES];
    const listed = capabilities.map(({ name }) => name).filter((name) => !operations.includes(name));
    assert.deepEqual(listed.sort(), found.sort());
    assert.deepEqual(gate.map(({ name }) => name).sort(), operations.sort());
  });

  it('of capabilities is declared for the editor in both languages', async () => {
    // The gate's questions have no function.
    const gate: readonly string[] = CATEGORIES;
    const names = [
      ...capabilities.map(({ name }) => name).filter((name) => !gate.includes(name)),
      'display',
      'progress',
    ];
    const python = await readFile(path.join(root, 'examples/__builtins__.pyi'), 'utf8');
    const typescript = await readFile(path.join(root, 'examples/holdfast.d.ts'), 'utf8');
    const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    // These are there without us: the languages' own.
    const missing = [
      ...names.filter((name) => name !== 'input' && !new RegExp(`^(def )?${name}[:(]`, 'm').test(python)),
      ...names
        .map(camel)
        .filter((name) => name !== 'fetch' && !new RegExp(`^declare \\w+ ${name}\\b`, 'm').test(typescript)),
    ];
    assert.deepEqual(missing, []);
  });

  it('of commands imports every file of extension/commands', async () => {
    const list = await readFile(path.join(root, 'extension/commands/index.ts'), 'utf8');
    const missing: string[] = [];
    for (const file of await filesIn('extension/commands')) {
      const text = await readFile(path.join(root, 'extension/commands', file), 'utf8');
      if (/= command\(\{/.test(text) && !list.includes(`'./${file}'`)) missing.push(file);
    }
    assert.deepEqual(missing, []);
  });

  it('of commands of the command line names every one that is declared', async () => {
    const folder = path.join(root, 'backend/cli/commands');
    const declared: unknown[] = [];
    for (const file of await filesIn('backend/cli/commands')) {
      const exported = Object.entries((await import(path.join(folder, file))) as Record<string, unknown>);
      declared.push(...exported.filter(([name]) => name.endsWith('Command')).map(([, value]) => value));
    }
    assert.ok(declared.length > 0);
    assert.deepEqual(new Set(declared), new Set(commands));
  });

  it('of renderers names every file of media/renderers that exports one', async () => {
    const list = await readFile(path.join(root, 'media/renderers/index.ts'), 'utf8');
    const missing: string[] = [];
    for (const file of await filesIn('media/renderers')) {
      const text = await readFile(path.join(root, 'media/renderers', file), 'utf8');
      const name = /export const (\w+): Renderer = /.exec(text)?.[1];
      if (name && !new RegExp(`renderers: .*\\b${name}\\b`).test(list)) missing.push(file);
    }
    assert.deepEqual(missing, []);
  });

  it('of languages claims every ending and dialect once', () => {
    const endings = languages.flatMap(({ extensions }) => Object.keys(extensions));
    assert.deepEqual(endings, [...new Set(endings)]);
    const dialects = languages.flatMap((language) => language.dialects);
    assert.deepEqual(dialects, [...new Set(dialects)]);
  });
});
