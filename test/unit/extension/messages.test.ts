import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The first argument of each call of `l10n.t`, `words.t` or a `t` taken from them. */
const MESSAGE = /\bt\(\s*'((?:[^'\\]|\\.)*)'/g;

describe('the words of the extension', () => {
  it('are all in the bundle for translators, and nothing else', () => {
    const used = globSync('extension/**/*.ts', { cwd: root }).flatMap((file) =>
      [...read(file).matchAll(MESSAGE)].map(([, message]) => (message ?? '').replaceAll("\\'", "'")),
    );
    const bundle: Record<string, string> = JSON.parse(read('l10n/bundle.l10n.json'));
    assert.deepEqual(Object.keys(bundle).sort(), [...new Set(used)].sort());
  });

  it('of package.json are all in package.nls.json, and nothing else', () => {
    const used = [...read('package.json').matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key ?? '');
    assert.deepEqual(Object.keys(JSON.parse(read('package.nls.json'))).sort(), [...new Set(used)].sort());
  });
});
