import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const sources = globSync('{backend,extension,media,scripts,test}/**/*.{ts,mjs}', {
  cwd: root,
  exclude: (name) => name.includes('node_modules'),
}).map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(path.join(root, file), 'utf8') }));

describe('the durable layer', () => {
  it('is the only one that knows the SDK, in one file', () => {
    const importers = sources
      .filter(({ text }) => /(from|import\()\s*'@resonatehq\//.test(text))
      .map(({ file }) => file);
    assert.deepEqual(importers, ['backend/durable/sdk.ts']);
  });

  it('starts functions with rpc, never with run, which does not renew its lease', () => {
    const starts = sources.filter(({ file, text }) => file.startsWith('backend/') && /resonate\.run\(/i.test(text));
    assert.deepEqual(
      starts.map(({ file }) => file),
      [],
    );
    assert.match(sources.find(({ file }) => file === 'backend/durable/durable.ts')?.text ?? '', /#resonate\.rpc\(/);
  });

  it('pins the SDK exactly', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    assert.match({ ...dependencies, ...devDependencies }['@resonatehq/sdk'], /^\d+\.\d+\.\d+$/);
  });

  it('makes the ids of promises in one file', () => {
    const makers = sources
      .filter(({ file, text }) => file.startsWith('backend/') && /`(exec|session|step)-\$\{/.test(text))
      .map(({ file }) => file);
    assert.deepEqual(makers, ['backend/durable/ids.ts']);
  });
});
