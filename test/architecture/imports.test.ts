import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

interface Metafile {
  readonly inputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>
  >;
}

/** Who may import whom. The first rule whose `from` matches decides; what it does not allow is a mistake. */
const RULES: readonly { readonly from: RegExp; readonly allowed: RegExp }[] = [
  { from: /^backend\/protocol\//, allowed: /^(backend\/protocol\/|node_modules\/zod\/)/ },
  { from: /^backend\/rpc\//, allowed: /^(backend\/(protocol|rpc)\/|node_modules\/|node:)/ },
  { from: /^backend\/workers\/[^/]+\.ts$/, allowed: /^(backend\/(protocol|workers)\/|node:)/ },
  // A worker knows its own folder, the protocol and the rpc layer.
  ...['python', 'javascript'].map((language) => ({
    from: new RegExp(`^backend/workers/${language}/`),
    allowed: new RegExp(
      `^(backend/workers/${language}/|backend/workers/(language|search-path|bubblewrap)\\.ts|backend/(protocol|rpc)/|node_modules/|node:)`,
    ),
  })),
  { from: /^backend\//, allowed: /^(backend\/|package\.json$|node_modules\/|node:)/ },
  {
    from: /^extension\//,
    allowed:
      /^(extension\/|media\/(protocol|grid-protocol|text\/(duration|variable-type))\.ts$|backend\/(protocol|rpc)\/|backend\/workers\/[^/]+\.ts$|node_modules\/|node:|vscode$)/,
  },
  { from: /^media\//, allowed: /^(media\/|node_modules\/)/ },
];

const root = path.resolve(import.meta.dirname, '../..');
const meta = path.join(root, 'dist/meta');
const builtins = new Set((await import('node:module')).builtinModules);

/** Style sheets import nothing that a rule could speak of. */
async function bundles(): Promise<string[]> {
  return (await readdir(meta)).filter((file) => file !== 'webview-styles.json');
}

function normalised(target: string): string {
  if (builtins.has(target)) return `node:${target}`;
  // The one place that asks for the extension host's API (esbuild.mjs).
  if (target === 'vscode-once:vscode') return 'vscode';
  return target.replace(/^.*node_modules\//, 'node_modules/');
}

describe('imports between the processes', async () => {
  for (const file of await bundles()) {
    it(`${path.parse(file).name} keeps to the rules`, async () => {
      const { inputs } = JSON.parse(await readFile(path.join(meta, file), 'utf8')) as Metafile;
      const broken: string[] = [];
      let checked = 0;
      for (const [from, { imports }] of Object.entries(inputs)) {
        const rule = RULES.find((candidate) => candidate.from.test(from));
        if (!rule) continue;
        for (const { path: target } of imports) {
          checked++;
          if (!rule.allowed.test(normalised(target))) broken.push(`${from} imports ${target}`);
        }
      }
      assert.deepEqual(broken, []);
      assert.ok(checked > 0, 'the metafile names imports of the project’s own files');
    });
  }

  it('has a bundle for every process', async () => {
    const found = (await bundles()).map((file) => path.parse(file).name).sort();
    assert.deepEqual(found, ['backend', 'cli', 'extension', 'machine', 'mcp', 'webview', 'workers']);
  });

  it('would notice a forbidden import', () => {
    const forbidden = [
      ['backend/server.ts', 'extension/main.ts'],
      ['backend/server.ts', 'vscode'],
      ['backend/protocol/frame.ts', 'node:fs'],
      ['backend/workers/javascript/worker.ts', 'backend/sessions/session.ts'],
      ['extension/main.ts', 'backend/sessions/session.ts'],
      ['media/results.ts', 'backend/rpc/client.ts'],
    ];
    for (const [from = '', to = ''] of forbidden) {
      const rule = RULES.find((candidate) => candidate.from.test(from));
      assert.equal(rule?.allowed.test(normalised(to)), false, `${from} -> ${to}`);
    }
  });
});
