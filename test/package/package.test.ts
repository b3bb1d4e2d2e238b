import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import { inRoot, ROOT } from '../../scripts/lib/paths.ts';
import { makeTemporary, removeTemporary } from '../../scripts/lib/temporary.ts';
import { makeVsix } from '../../scripts/lib/vsix.ts';

const MAX_MIB = 8;

/** What vsce itself adds around the folder of the extension. */
const ADDED_BY_VSCE = ['[Content_Types].xml', 'extension.vsixmanifest'];
/** Every other file must be one of these. */
const ALLOWED = [
  /^package(\.nls(\.[\w-]+)?)?\.json$/,
  /^(readme\.md|changelog\.md|license(\.txt|\.md)?)$/i,
  /^l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^dist\/(package\.json|extension\.cjs|backend\.js|cli\.js|machine\.js|mcp\.js)$/,
  /^dist\/extension\/[\w-]+\.cjs$/,
  /^dist\/grammars\/tree-sitter(-\w+)?\.wasm$/,
  /^dist\/webview\/[\w./-]+\.(js|css|ttf|woff2)$/,
  /^dist\/workers\/javascript\/\w+\.js$/,
  /^dist\/workers\/python\/[\w/]+\.(py|pyi)$/,
  /^dist\/workers\/python\/py\.typed$/,
  /^media\/icons\/[\w-]+\.(svg|png)$/,
  /^media\/walkthrough\/\w+\.svg$/,
  /^examples\/tour\.(py|js|ts)$/,
];

/** Files of the repository that match, as the paths that they have in the package. */
function inRepository(pattern: string, rename: (file: string) => string = (file) => file): string[] {
  return globSync(pattern, { cwd: ROOT }).map((file) => rename(file.replaceAll('\\', '/')));
}

describe('the package', () => {
  let files: Map<string, Uint8Array>;
  let bytes: number;
  let temporary: string | undefined;

  before(async () => {
    let vsix = process.env['HOLDFAST_VSIX'];
    if (!vsix) {
      temporary = await makeTemporary('hf-vsix');
      vsix = await makeVsix(temporary);
    }
    const packed = await readFile(vsix);
    bytes = packed.byteLength;
    files = new Map();
    for (const [name, content] of Object.entries(unzipSync(packed))) {
      if (!ADDED_BY_VSCE.includes(name)) files.set(name.replace(/^extension\//, ''), content);
    }
  });

  after(async () => {
    if (temporary) await removeTemporary(temporary);
  });

  it('holds everything that the extension runs and shows', () => {
    const wanted = [
      'package.json',
      'dist/package.json',
      'dist/extension.cjs',
      'dist/backend.js',
      'dist/cli.js',
      'dist/mcp.js',
      'dist/machine.js',
      'dist/webview/results.js',
      ...['', '-python', '-javascript', '-typescript', '-tsx'].map((name) => `dist/grammars/tree-sitter${name}.wasm`),
      'dist/webview/codicon.css',
      'dist/webview/katex.css',
      ...inRepository('dist/extension/*.cjs'),
      ...inRepository('package.nls*.json'),
      ...inRepository('l10n/*.json'),
      ...inRepository('media/icons/*'),
      ...inRepository('media/walkthrough/*.svg'),
      ...inRepository('examples/tour.*'),
      ...inRepository('backend/workers/python/worker/**/*.py', (file) =>
        file.replace('backend/workers/python/worker/', 'dist/workers/python/'),
      ),
      ...inRepository('backend/workers/javascript/{worker,control}.ts', (file) =>
        file.replace('backend/workers/', 'dist/workers/').replace(/\.ts$/, '.js'),
      ),
    ];
    assert.deepEqual(
      wanted.filter((name) => !files.has(name)),
      [],
    );
    for (const name of ['readme.md', 'changelog.md', 'license']) {
      assert.ok(
        [...files.keys()].some((file) => file.toLowerCase().startsWith(name)),
        `${name} is missing`,
      );
    }
    assert.ok(
      wanted.some((name) => name.startsWith('dist/workers/python/')),
      'the Python worker is missing',
    );
    assert.ok(
      wanted.some((name) => name.startsWith('dist/workers/javascript/')),
      'the JavaScript worker is missing',
    );
  });

  it('holds nothing else', () => {
    const others = [...files.keys()].filter((name) => !ALLOWED.some((pattern) => pattern.test(name)));
    assert.deepEqual(others, []);
  });

  it('holds every file that its manifest names', () => {
    const manifest = files.get('package.json');
    assert.ok(manifest);
    const { main, bin } = JSON.parse(strFromU8(manifest)) as { main: string; bin: Record<string, string> };
    const icons = [...strFromU8(manifest).matchAll(/"(?:\.\/)?([\w./-]+\.(?:svg|png))"/g)].map(([, name = '']) => name);
    const named = [main, ...Object.values(bin), ...icons].map((name) => name.replace(/^\.\//, ''));
    assert.deepEqual(
      named.filter((name) => !files.has(name)),
      [],
    );
  });

  it('names no path of the machine that built it', async () => {
    for (const [name, content] of files) {
      assert.ok(!strFromU8(content, true).includes(inRoot('node_modules')), `${name} names ${ROOT}`);
    }
  });

  it(`is smaller than ${MAX_MIB} MiB`, () => {
    const mebibytes = bytes / 2 ** 20;
    console.log(`      ${files.size} files, ${mebibytes.toFixed(2)} MiB`);
    assert.ok(mebibytes <= MAX_MIB, `${mebibytes.toFixed(2)} MiB`);
  });
});
