import { type Options, type Program, parse } from 'acorn';
import { SyntaxProblem } from './syntax-problem.ts';

// A script, as a REPL reads it, in which `await` and `import` may stand at the top.
const options: Options = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowHashBang: true,
};

/** @throws SyntaxProblem */
export function parseCell(code: string): Program {
  try {
    return parse(code, options);
  } catch (error) {
    return parseModule(code) ?? fail(error as AcornError);
  }
}

/** What only a module may have: `using` at the top. Null when it is none either. */
function parseModule(code: string): Program | null {
  try {
    return parse(code, { ...options, sourceType: 'module' });
  } catch {
    // The error of the script is the one to show.
    return null;
  }
}

interface AcornError extends Error {
  readonly loc?: { readonly line: number; readonly column: number };
}

const DECORATOR =
  'Decorators are not in JavaScript yet, and Node cannot run them. Call the decorator as a function instead.';

function fail({ message, loc }: AcornError): never {
  if (message.startsWith("Unexpected character '@'")) {
    throw new SyntaxProblem(DECORATOR, loc?.line ?? 1, loc?.column ?? 0);
  }
  throw new SyntaxProblem(message.replace(/ \(\d+:\d+\)$/, ''), loc?.line ?? 1, loc?.column ?? 0);
}
