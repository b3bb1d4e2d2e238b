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
  let program: Program;
  try {
    program = parse(code, options);
  } catch (error) {
    const { loc, message } = error as SyntaxError & { loc?: { line: number; column: number } };
    throw new SyntaxProblem(message.replace(/ \(\d+:\d+\)$/, ''), loc?.line ?? 1, loc?.column ?? 0);
  }
  return program;
}
