import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { commonJsChunks } from './scripts/lib/commonjs-chunks.ts';
import { vscodeOnce } from './scripts/lib/vscode-once.ts';

const root = import.meta.dirname;
const dist = path.join(root, 'dist');
const watch = process.argv.includes('--watch');
// Built beside and put in place at the end, so that what runs from `dist` never sees half a build.
const out = watch ? dist : path.join(root, `dist.${process.pid}`);

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // The oldest Node that a part may run on: the command line and the workers take the one that the person has.
  target: 'node20.12',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  absWorkingDir: root,
};

/**
 * The entries of the workers that are bundled: `backend/workers/<language>/{worker,control}.ts`, the two threads, and what they load
 * only when it is needed.
 */
async function workerEntries() {
  const workers = path.join(root, 'backend/workers');
  const entries = {};
  for (const folder of await readdir(workers, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const name of ['worker', 'control', 'typescript', 'jsx']) {
      const entry = path.join(workers, folder.name, `${name}.ts`);
      if (existsSync(entry)) entries[`${folder.name}/${name}`] = entry;
    }
  }
  return entries;
}

/** Copies worker folders that are not bundled (`backend/workers/<language>/worker/`), without caches. */
async function copyWorkers() {
  const workers = path.join(root, 'backend/workers');
  for (const folder of await readdir(workers, { withFileTypes: true })) {
    const source = path.join(workers, folder.name, 'worker');
    if (!folder.isDirectory() || !existsSync(source)) continue;
    const target = path.join(out, 'workers', folder.name);
    await cp(source, target, { recursive: true, filter: (file) => !file.includes('__pycache__') });
  }
}

/** The parsers that the editor finds statements with; `extension/cells/syntax-trees.ts` loads them when they are needed. */
async function copyGrammars() {
  const source = path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm');
  const names = ['tree-sitter', ...['python', 'javascript', 'typescript', 'tsx'].map((name) => `tree-sitter-${name}`)];
  for (const name of names) await cp(path.join(source, `${name}.wasm`), path.join(out, 'grammars', `${name}.wasm`));
}

/** One bundle a process. The architecture test reads their metafiles from `dist/meta`. */
const bundles = [
  {
    name: 'extension',
    ...node,
    entryPoints: { extension: 'extension/main.ts' },
    outdir: out,
    outExtension: { '.js': '.cjs' },
    // What `import()` names is loaded when it is needed, so that a window opens sooner.
    format: 'esm',
    splitting: true,
    chunkNames: 'extension/[name]-[hash]',
    plugins: [vscodeOnce, commonJsChunks],
    logOverride: { 'import-is-undefined': 'error' },
  },
  { name: 'backend', ...node, entryPoints: ['backend/main.ts'], outfile: `${out}/backend.js` },
  {
    name: 'cli',
    ...node,
    entryPoints: ['backend/cli.ts'],
    outfile: `${out}/cli.js`,
    banner: { js: '#!/usr/bin/env node' },
  },
  // Beside the command line, which loads it only to serve an agent.
  { name: 'mcp', ...node, entryPoints: ['backend/cli/mcp.ts'], outfile: `${out}/mcp.js` },
  // The same, to take sessions of other machines.
  { name: 'machine', ...node, entryPoints: ['backend/cli/machine.ts'], outfile: `${out}/machine.js` },
  { name: 'workers', ...node, entryPoints: await workerEntries(), outdir: `${out}/workers` },
  {
    name: 'webview',
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    minify: true,
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
    absWorkingDir: root,
    entryPoints: { results: 'media/results.ts', grid: 'media/grid.ts' },
    outdir: `${out}/webview`,
    // What only some results need is loaded when the first of them is shown.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    loader: { '.css': 'text' },
    tsconfig: 'media/tsconfig.json',
  },
  {
    name: 'webview-styles',
    bundle: true,
    minify: true,
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
    absWorkingDir: root,
    entryPoints: { codicon: '@vscode/codicons/dist/codicon.css', katex: 'katex/dist/katex.css' },
    outdir: `${out}/webview`,
    assetNames: 'fonts/[name]',
    // The first of three forms of each of KaTeX's fonts is one that every browser here can read.
    external: ['fonts/*.woff', 'fonts/*.ttf'],
    loader: { '.woff2': 'file', '.ttf': 'file' },
  },
];

await mkdir(path.join(out, 'meta'), { recursive: true });
try {
  // The project is ESM; VS Code and old Nodes load these bundles as CommonJS.
  await writeFile(path.join(out, 'package.json'), '{ "type": "commonjs" }\n');
  await copyWorkers();
  await copyGrammars();
  for (const { name, ...options } of bundles) {
    if (watch) {
      const context = await esbuild.context(options);
      await context.watch();
      continue;
    }
    const { metafile } = await esbuild.build(options);
    await writeFile(path.join(out, 'meta', `${name}.json`), JSON.stringify(metafile));
  }
  if (!watch) await replaceDist();
} catch (error) {
  // What esbuild found wrong it has printed already.
  if (!Array.isArray(error.errors)) throw error;
  process.exitCode = 1;
} finally {
  if (!watch) await rm(out, { recursive: true, force: true });
}

async function replaceDist() {
  const old = `${out}.old`;
  await rename(dist, old).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(out, dist);
  await rm(old, { recursive: true, force: true });
}
