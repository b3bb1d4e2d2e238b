import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { inRoot } from '../../scripts/lib/paths.ts';

const OUTPUT = inRoot('out/extension');

/** Bundles `index.ts` and every `*.test.ts` below this folder for the extension host. Returns the bundled index. */
export async function bundleExtensionTests(): Promise<string> {
  const names = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const tests = names.filter((name) => name.endsWith('.test.ts'));
  await rm(OUTPUT, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: ['index.ts', ...tests].map((name) => path.join(import.meta.dirname, name)),
    outdir: OUTPUT,
    outbase: import.meta.dirname,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return path.join(OUTPUT, 'index.cjs');
}

if (import.meta.main) await bundleExtensionTests();
