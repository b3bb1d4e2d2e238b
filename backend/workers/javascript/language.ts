import path from 'node:path';
import { bubblewrap } from '../bubblewrap.ts';
import type { Language } from '../language.ts';
import { findNode } from './find-node.ts';
import { multilineTexts } from './multiline-texts.ts';
import { nodePermission } from './node-permission.ts';

/** JavaScript and TypeScript share a session; the dialect says how a cell is read. */
export const javascript: Language = {
  id: 'javascript',
  label: 'JavaScript/TypeScript',
  dialects: ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'],
  extensions: {
    '.js': 'javascript',
    '.mjs': 'javascript',
    '.cjs': 'javascript',
    '.jsx': 'javascriptreact',
    '.ts': 'typescript',
    '.mts': 'typescript',
    '.cts': 'typescript',
    '.tsx': 'typescriptreact',
  },
  commentPrefix: '//',
  hasThread: false,
  givesUpByItself: false,
  routedInWorker: false,
  startsByPath: false,
  cellMarker: /^\/\/\s*%%/,
  region: { start: /^\/\/\s*#?region\b/, end: /^\/\/\s*#?endregion\b/ },
  multilineTexts,
  setting: 'holdfast.javascript.nodePath',
  floors: [bubblewrap, nodePermission],
  probe: { code: '[1, 2, 3].map((n) => n * n)', text: '[ 1, 4, 9 ]' },
  find: findNode,
  command(interpreter, workers, env) {
    const bundled = interpreter.path === process.execPath && process.versions['electron'] !== undefined;
    return {
      executable: interpreter.path,
      args: [...nodeArguments(interpreter.version), path.join(workers, 'javascript', 'worker.js')],
      env: bundled ? { ...env, ELECTRON_RUN_AS_NODE: '1' } : env,
    };
  },
  options: () => [],
};

function nodeArguments(version: string): string[] {
  const args = [
    // Without it, terminating code inside a timer's callback ends the process.
    '--no-force-async-hooks-checks',
    '--disable-warning=ExperimentalWarning',
  ];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  // Before these, importing a `.ts` neighbour has to be asked for.
  if ((major === 22 && minor >= 6 && minor < 18) || (major === 23 && minor < 6))
    args.push('--experimental-strip-types');
  // The owner of a timer's output can be told from here on; it is the default in 24.
  if ((major === 22 && minor >= 7) || major === 23) args.push('--experimental-async-context-frame');
  return args;
}
