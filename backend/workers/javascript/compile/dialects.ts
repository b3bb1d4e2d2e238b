import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import type { Dialect } from '../../../protocol/values.ts';
import { SyntaxProblem } from './syntax-problem.ts';

/** JavaScript that stands for a cell's text. */
export interface PlainCode {
  readonly code: string;
  /** Where a position of it was in the cell's text. Null when every character is where it was. */
  readonly origin: Origin | null;
}

/** Line and column, both 0-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Null: it was nowhere. */
export type Origin = (position: Position) => Position | null;

/** How elements are made: by React's own runtime, or by `React.createElement`. */
export type JsxRuntime = 'automatic' | 'classic';

interface SwcError {
  readonly code?: string;
  readonly message: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

/**
 * Takes types and JSX out of a cell.
 * @param jsxRuntime asked for a cell that may have JSX.
 * @throws SyntaxProblem
 */
export function toJavaScript(text: string, dialect: Dialect, jsxRuntime: () => JsxRuntime): PlainCode {
  switch (dialect) {
    case 'typescript':
      return withoutTypes(text, false);
    case 'typescriptreact':
      return withoutTypesAndJsx(text, jsxRuntime());
    case 'javascriptreact':
      return withoutJsx(text, jsxRuntime());
    default:
      return { code: text, origin: null };
  }
}

/** Types become spaces; what has no meaning without its type (enums, namespaces, parameter properties) is translated. */
function withoutTypes(text: string, tsx: boolean): PlainCode {
  // Swc's own option, which amaro hands on; its types do not have it.
  const reading = tsx ? { parser: { syntax: 'typescript', tsx, decorators: true } } : {};
  const { transformSync } = loadBundle<typeof import('../typescript.ts')>('typescript.js');
  try {
    return { code: transformSync(text, { mode: 'strip-only', ...reading }).code, origin: null };
  } catch (error) {
    if ((error as SwcError).code !== 'UnsupportedSyntax') throw problem(error as SwcError);
  }
  try {
    const { code, map } = transformSync(text, { mode: 'transform', sourceMap: true, ...reading });
    return { code, origin: map ? originIn(JSON.parse(map) as SourceMapPayload) : null };
  } catch (error) {
    throw problem(error as SwcError);
  }
}

/** A bundle that stands beside the control thread's. Most sessions start without it, which makes them start sooner. */
function loadBundle<Exports>(name: string): Exports {
  return createRequire(__filename)(`./${name}`) as Exports;
}

function problem({ message, startLine, startColumn }: SwcError): SyntaxProblem {
  return new SyntaxProblem(message, startLine ?? 1, startColumn ?? 0);
}

function withoutTypesAndJsx(text: string, jsxRuntime: JsxRuntime): PlainCode {
  const typeless = withoutTypes(text, true);
  try {
    const { code, origin } = withoutJsx(typeless.code, jsxRuntime);
    return { code, origin: both(origin, typeless.origin) };
  } catch (error) {
    throw error instanceof SyntaxProblem ? atOrigin(error, typeless.origin) : error;
  }
}

/** The second of two transformations asks the first. */
function both(last: Origin | null, first: Origin | null): Origin | null {
  if (!last || !first) return last ?? first;
  return (position) => {
    const between = last(position);
    return between && first(between);
  };
}

/** A problem with its place in the cell's text. */
export function atOrigin(problem: SyntaxProblem, origin: Origin | null): SyntaxProblem {
  const found = origin?.({ line: problem.line - 1, column: problem.column });
  return found ? new SyntaxProblem(problem.message, found.line + 1, found.column) : problem;
}

function originIn(payload: SourceMapPayload): Origin {
  const map = new SourceMap(payload);
  return ({ line, column }) => {
    const entry = map.findEntry(line, column);
    if (!('originalLine' in entry)) return null;
    // An entry begins at or before the column; on the same line the distance carries over.
    const distance = entry.generatedLine === line ? column - entry.generatedColumn : 0;
    return { line: entry.originalLine, column: entry.originalColumn + distance };
  };
}

function withoutJsx(text: string, jsxRuntime: JsxRuntime): PlainCode {
  const { transform } = loadBundle<typeof import('../jsx.ts')>('jsx.js');
  try {
    const { code, sourceMap } = transform(text, {
      transforms: ['jsx'],
      jsxRuntime,
      production: true,
      disableESTransforms: true,
      keepUnusedImports: true,
      filePath: 'cell',
      sourceMapOptions: { compiledFilename: 'cell' },
    });
    return { code, origin: sourceMap ? originIn(sourceMap as unknown as SourceMapPayload) : null };
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } };
    throw new SyntaxProblem(
      message.replace(/^Error transforming cell: /, '').replace(/ \(\d+:\d+\)$/, ''),
      loc?.line ?? 1,
      // Sucrase counts columns from 1.
      Math.max(0, (loc?.column ?? 1) - 1),
    );
  }
}
