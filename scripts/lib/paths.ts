import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The folder of the repository. */
export const ROOT = path.dirname(path.dirname(import.meta.dirname));
export const DIST = path.join(ROOT, 'dist');
export const EXAMPLES = path.join(ROOT, 'examples');
/** What a newcomer sees first. */
export const TOUR = path.join(EXAMPLES, 'tour.py');

/** A path inside the repository. */
export function inRoot(...parts: string[]): string {
  return path.join(ROOT, ...parts);
}

export interface Manifest {
  name: string;
  publisher: string;
  version: string;
  engines: { vscode: string };
}

/** The extension's package.json. */
export function manifest(): Manifest {
  // The file is ours and npm has just read it: its shape is known.
  return JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as Manifest;
}

/** The JavaScript file behind a command of an installed package, to be run by Node without a shell. */
export function commandFile(packageName: string, command: string): string {
  const require = createRequire(import.meta.url);
  const packageFile = inRoot('node_modules', packageName, 'package.json');
  const { bin } = require(packageFile) as { bin: string | Record<string, string> };
  const file = typeof bin === 'string' ? bin : bin[command];
  if (!file) throw new Error(`The package ${packageName} has no command ${command}.`);
  return path.join(path.dirname(packageFile), file);
}
