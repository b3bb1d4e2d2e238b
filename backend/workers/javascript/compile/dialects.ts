import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import type { Dialect } from '../../../protocol/values.ts';
import { SyntaxProblem } from './syntax-problem.ts';

/** JavaScript that stands for a cell's text. */
export interface PlainCode {
  readonly code: string;
  /** Null when every character is where it was. */
  readonly map: SourceMap | null;
}

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
      return withoutTypes(text);
    case 'typescriptreact':
      return withoutJsx(text, ['typescript', 'jsx'], jsxRuntime());
    case 'javascriptreact':
      return withoutJsx(text, ['jsx'], jsxRuntime());
    default:
      return { code: text, map: null };
  }
}

/** Types become spaces; what has no meaning without its type (enums, namespaces, parameter properties) is translated. */
function withoutTypes(text: string): PlainCode {
  const { transformSync } = loadBundle<typeof import('../typescript.ts')>('typescript.js');
  try {
    return { code: transformSync(text, { mode: 'strip-only' }).code, map: null };
  } catch (error) {
    if ((error as SwcError).code !== 'UnsupportedSyntax') throw problem(error as SwcError);
  }
  try {
    const { code, map } = transformSync(text, { mode: 'transform', sourceMap: true });
    return { code, map: map ? new SourceMap(JSON.parse(map) as SourceMapPayload) : null };
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

function withoutJsx(text: string, transforms: ('typescript' | 'jsx')[], jsxRuntime: JsxRuntime): PlainCode {
  const { transform } = loadBundle<typeof import('../jsx.ts')>('jsx.js');
  try {
    const { code, sourceMap } = transform(text, {
      transforms,
      jsxRuntime,
      production: true,
      disableESTransforms: true,
      keepUnusedImports: true,
      filePath: 'cell',
      sourceMapOptions: { compiledFilename: 'cell' },
    });
    const map = sourceMap ? new SourceMap(sourceMap as unknown as SourceMapPayload) : null;
    return { code, map };
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
