import path from 'node:path';
import { commandFile, manifest, ROOT } from './paths.ts';
import { run } from './processes.ts';

/** Packs what `.vscodeignore` lets through of a finished build. Returns the path of `holdfast-<version>.vsix` in `folder`. */
export async function makeVsix(folder: string): Promise<string> {
  const { name, version } = manifest();
  const file = path.join(folder, `${name}-${version}.vsix`);
  const args = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    file,
  ];
  const { code, output } = await run(process.execPath, [commandFile('@vscode/vsce', 'vsce'), ...args], {
    cwd: ROOT,
    output: 'capture',
  });
  if (code !== 0) throw new Error(`vsce could not make ${file}.\n${output}`);
  return file;
}
