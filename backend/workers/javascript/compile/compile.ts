import { createRequire } from 'node:module';
import path from 'node:path';
import type { Program } from 'acorn';
import type MagicString from 'magic-string';
import type { Dialect, Source } from '../../../protocol/values.ts';
import type { CompiledCell, Script } from '../shared/messages.ts';
import { scriptName } from '../shared/script-name.ts';
import { definitionsOf } from './definitions.ts';
import { atOrigin, type JsxRuntime, type PlainCode, toJavaScript } from './dialects.ts';
import { parseCell } from './parse.ts';
import { positionsOf } from './positions.ts';
import { rewrite } from './rewrite.ts';
import { SyntaxProblem } from './syntax-problem.ts';

/** A little of everything that cells consist of, with and without an await. They are compiled, never run. */
const WARM_UP = [
  `let list = [1, 2]; const half = list.map((n) => n / 2); function f() { return list.length } f()`,
  `import { sep } from 'node:path';
const { one, ...others } = { one: 1 };
let list = [1].map((n) => n * 2);
function f() { return \`\${one}\` }
class Empty {}
for (const item of list) console.log(item);
await 1;
list`,
];
/** Enough for the garbage of the start to be collected meanwhile: else that happens in one of the first cells. */
const WARM_UP_ROUNDS = 5;
/** Cells that declare nothing. */
const TRIALS = ["[{ a: 1 }, 'two']", "throw new Error('warm-up')"];

/** Turns cells into scripts. */
export class Compiler {
  /**
   * The first cell costs ten times what the later ones do: it may as well be one that nobody waits for. In steps, so that a real
   * one can come in between.
   * @returns what the main thread can warm up with: cells that declare nothing.
   */
  *warmUp(): Generator<void, readonly CompiledCell[]> {
    const source = { name: '<warm-up>', path: null, line: 1, column: 0 };
    const trials: CompiledCell[] = [];
    for (const text of TRIALS) {
      trials.push(this.#compile(text, 'javascript', source));
      yield;
    }
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      for (const text of WARM_UP) {
        this.#compile(text, 'javascript', source);
        yield;
      }
    }
    return trials;
  }

  /** A cell that cannot be read gives the problem, with its position in the cell's text. */
  compile(text: string, dialect: Dialect, source: Source): CompiledCell | SyntaxProblem {
    try {
      return this.#compile(text, dialect, source);
    } catch (error) {
      if (error instanceof SyntaxProblem) return error;
      throw error;
    }
  }

  #compile(text: string, dialect: Dialect, source: Source): CompiledCell {
    const { plain, program } = read(withoutMark(text), dialect, source.path);
    const typescript = dialect === 'typescript' || dialect === 'typescriptreact';
    const cell = rewrite(plain.code, program, { typescript });
    const offsets = { line: source.line - 1, column: source.column };
    const script = (text: MagicString, prefix: string, suffix: string): Script => {
      const code = prefix + text.toString() + suffix;
      const positions = positionsOf(text, plain.origin, offsets);
      return {
        code,
        lineOffset: offsets.line,
        columnOffset: offsets.column - prefix.length,
        moved: positions && { hash: sha256(code), positions },
      };
    };
    return {
      filename: scriptName(source),
      functions: cell.functions && script(cell.functions, cell.functionsPrefix, cell.functionsSuffix),
      functionsShape: cell.functionsSuffix === '' ? 'plain' : 'wrapped',
      body: script(cell.body, cell.bodyPrefix, cell.bodySuffix),
      shape: cell.shape,
      hasValue: cell.hasValue,
      declared: cell.declared,
      hoisted: cell.hoisted,
      definitions: definitionsOf(plain.code, program, cell, source),
    };
  }
}

function sha256(text: string): string {
  // Loaded with the first cell that needs it: it takes as long as the rest of this thread's modules together.
  const { createHash } = createRequire(path.join(process.cwd(), 'cell'))('node:crypto') as typeof import('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}

interface Reading {
  readonly plain: PlainCode;
  readonly program: Program;
}

/** As a program; or, what begins with a brace and is none, as an object literal (Node's REPL does the same). */
function read(text: string, dialect: Dialect, file: string | null): Reading {
  const startsWithBrace = /^\s*\{/.test(text) && !/;\s*$/.test(text);
  if (startsWithBrace) {
    const literal = tryObjectLiteral(text, dialect, file);
    if (literal) return literal;
  }
  return readProgram(text, dialect, file);
}

function tryObjectLiteral(text: string, dialect: Dialect, file: string | null): Reading | null {
  try {
    // The parenthesis takes the place of the first of the leading spaces, or shifts the first line by one column.
    return readProgram(`(${text}\n)`, dialect, file);
  } catch (error) {
    if (error instanceof SyntaxProblem) return null;
    throw error;
  }
}

function readProgram(text: string, dialect: Dialect, file: string | null): Reading {
  const plain = toJavaScript(text, dialect, () => jsxRuntime(file));
  try {
    return { plain, program: parseCell(plain.code) };
  } catch (error) {
    throw error instanceof SyntaxProblem ? atOrigin(error, plain.origin) : error;
  }
}

/** React's own runtime where the project has it; `React.createElement` where not. */
function jsxRuntime(file: string | null): JsxRuntime {
  try {
    createRequire(file ?? path.join(process.cwd(), 'cell')).resolve('react/jsx-runtime');
    return 'automatic';
  } catch {
    return 'classic';
  }
}

/** A byte order mark is no text, but it takes a column: a space keeps it. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? ` ${text.slice(1)}` : text;
}
