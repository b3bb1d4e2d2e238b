import { type ParserOptions, type ParserPlugin, parse } from '@babel/parser';
import type { Program } from '@babel/types';
import type { Dialect } from '../../protocol/values.ts';

const PLUGINS: Record<Exclude<Dialect, 'python'>, readonly ParserPlugin[]> = {
  javascript: ['decorators'],
  javascriptreact: ['decorators', 'jsx'],
  // The older decorators may stand before parameters, too.
  typescript: ['decorators-legacy', 'typescript'],
  typescriptreact: ['decorators-legacy', 'typescript', 'jsx'],
};

// A script, as a REPL reads it, in which everything may stand at the top that some cell has there.
const options: ParserOptions = {
  sourceType: 'script',
  errorRecovery: true,
  attachComment: false,
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowNewTargetOutsideFunction: true,
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowUndeclaredExports: true,
};

/** The cell as a program, or as an object literal when it is none; null when it is neither, or nested too deeply. */
export function parseProgram(code: string, dialect: Exclude<Dialect, 'python'>): Program | null {
  const plugins = [...PLUGINS[dialect]];
  const program = tryParse(code, plugins);
  if (program || !/^\s*\{/.test(code)) return program;
  return tryParse(`(${code}\n)`, plugins);
}

function tryParse(code: string, plugins: ParserPlugin[]): Program | null {
  try {
    return parse(code, { ...options, plugins }).program;
  } catch {
    // Not only syntax errors: where it goes on behind a mistake, the parser itself stumbles now and then (`import(,name)`).
    return null;
  }
}
