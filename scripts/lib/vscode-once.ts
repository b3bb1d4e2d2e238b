import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { inRoot, ROOT } from './paths.ts';

const NAMESPACE = 'vscode-once';

/**
 * Gives the extension host's API to all files of the extension from one place. An external module is asked for, and all of its names
 * are copied, once for each file that imports it: a third of the time that loading the extension takes.
 */
export const vscodeOnce: Plugin = {
  name: NAMESPACE,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode$/ }, ({ namespace, kind }) =>
      // To a library that requires it all names would have to be given.
      namespace === NAMESPACE || kind === 'require-call'
        ? { path: 'vscode', external: true }
        : { path: 'vscode', namespace: NAMESPACE },
    );
    onLoad({ filter: /^vscode$/, namespace: NAMESPACE }, async () => {
      const types = await readFile(inRoot('node_modules/@types/vscode/index.d.ts'), 'utf8');
      const declared = types.matchAll(/^\texport (?:abstract )?(?:class|const|enum|function|namespace) (\w+)/gm);
      const names = [...new Set([...declared].map(([, name]) => name))];
      // By its name, so that what no file uses is left out.
      const taken = names.map((name) => `${name} as ${name}_`);
      const api = [
        `import { ${taken.join(', ')} } from "vscode";`,
        ...names.map((name) => `export const ${name} = ${name}_;`),
      ];
      return { contents: api.join('\n'), resolveDir: ROOT };
    });
  },
};
