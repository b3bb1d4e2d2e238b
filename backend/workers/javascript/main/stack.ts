import type { Script } from '../shared/messages.ts';
import {
  defineProperty,
  errorToString,
  mapDelete,
  mapGet,
  mapSet,
  mapSize,
  matches,
  NativeError,
  NativeMap,
  NativeString,
  slice,
  startsWith,
  uncurry,
} from './primordials.ts';

/** Scripts whose positions are remembered. Older ones show columns as they were rewritten. */
const MAX_SCRIPTS = 2000;
const STRIDE = 4;
/** Among which the one that asks is looked for. */
const MAX_FRAMES = 200;
const LIBRARY = /[\\/]node_modules[\\/]/;

type Site = NodeJS.CallSite & { getScriptHash?(): string };

const methods = callSiteMethods();
const nodeErrorMark = findNodeErrorMark();

/** The prototype of call sites is shared with user code, so its methods are taken at the start. */
function callSiteMethods() {
  const before = NativeError.prepareStackTrace;
  NativeError.prepareStackTrace = (_, sites) => sites;
  const [site] = new NativeError().stack as unknown as Site[];
  NativeError.prepareStackTrace = before as typeof NativeError.prepareStackTrace;
  if (!site) throw new NativeError('V8 gave no call site.');
  const prototype = Object.getPrototypeOf(site) as Required<Site>;
  return {
    fileName: uncurry(prototype.getFileName),
    lineNumber: uncurry(prototype.getLineNumber),
    columnNumber: uncurry(prototype.getColumnNumber),
    scriptHash: uncurry(prototype.getScriptHash),
    text: uncurry(prototype.toString as (this: Site) => string),
  };
}

/** Node marks its own errors with a symbol, and shows their code behind the name. */
function findNodeErrorMark(): symbol | undefined {
  try {
    Buffer.alloc('' as never);
  } catch (error) {
    for (let object: object | null = error as object; object; object = Object.getPrototypeOf(object)) {
      const mark = Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === 'kIsNodeError');
      if (mark) return mark;
    }
  }
  return undefined;
}

/** Stack traces without the engine's frames, and with the positions of the cell's own text. */
export class Stacks {
  readonly #engineFile: string;
  readonly #positions = new NativeMap<string, Int32Array>();

  constructor(engineFile: string) {
    this.#engineFile = engineFile;
    const format = (error: Error, sites: Site[]) => this.#format(error, sites);
    defineProperty(NativeError, 'prepareStackTrace', { value: format, writable: true, configurable: true });
  }

  remember({ moved }: Script): void {
    if (!moved) return;
    if (mapSize(this.#positions) >= MAX_SCRIPTS) {
      for (const oldest of this.#positions.keys()) {
        mapDelete(this.#positions, oldest);
        break;
      }
    }
    mapSet(this.#positions, moved.hash, moved.positions);
  }

  /** File and line of the innermost frame of the program's own, or else of a library's that it calls, or null. */
  caller(): { file: string; line: number } | null {
    const { prepareStackTrace: format, stackTraceLimit: limit } = NativeError;
    let found: { file: string; line: number } | null = null;
    NativeError.prepareStackTrace = (_, sites) => {
      for (let index = 0; index < sites.length; index++) {
        const site = sites[index] as Site;
        const file = methods.fileName(site);
        if (!file || file === this.#engineFile || startsWith(file, 'node:')) continue;
        const own = matches(LIBRARY, file) === null;
        if (own || !found) found = { file: plainPath(file), line: this.#origin(site)[0] };
        if (own) break;
      }
      return '';
    };
    // Of ten frames, as many as there are by default, all may be Node's own (`require`).
    NativeError.stackTraceLimit = MAX_FRAMES;
    // Reading the stack is what calls the function above.
    const { stack } = new NativeError();
    NativeError.stackTraceLimit = limit;
    NativeError.prepareStackTrace = format as typeof NativeError.prepareStackTrace;
    return stack === '' ? found : null;
  }

  #format(error: Error, sites: Site[]): string {
    let end = sites.length;
    while (end > 0 && this.#isEngine(sites[end - 1] as Site)) end--;
    // From the call that runs a cell outwards there is nothing of the user's.
    const all = end;
    if (all < sites.length) while (end > 0 && this.#isRunner(sites[end - 1] as Site)) end--;
    let text = heading(error);
    for (let index = 0; index < end; index++) {
      const site = sites[index] as Site;
      if (!this.#isEngine(site)) text += `\n    at ${this.#line(site)}`;
    }
    return text;
  }

  #isEngine(site: Site): boolean {
    const file = methods.fileName(site);
    return file === this.#engineFile || file === 'node:internal/per_context/messageport' || this.#isHook(file);
  }

  /** What Node puts around the message that starts a cell. */
  #isHook(file: string | null | undefined): boolean {
    return (
      file === 'node:internal/event_target' ||
      file === 'node:async_hooks' ||
      file === 'node:internal/async_local_storage/async_context_frame' ||
      file === 'node:internal/async_local_storage/async_hooks'
    );
  }

  #isRunner(site: Site): boolean {
    return methods.fileName(site) === 'node:vm' || this.#isEngine(site);
  }

  #line(site: Site): string {
    const text = methods.text(site);
    const [line, column, moved] = this.#origin(site);
    if (!moved) return text;
    const position = `:${methods.lineNumber(site)}:${methods.columnNumber(site)}`;
    const closing = slice(text, -1) === ')' ? ')' : '';
    const head = slice(text, 0, text.length - position.length - closing.length);
    return `${head}:${line}:${column}${closing}`;
  }

  /** Line and column, 1-based, in the cell's text; whether they differ from the script's. */
  #origin(site: Site): [number, number, boolean] {
    const line = methods.lineNumber(site) ?? 0;
    const column = methods.columnNumber(site) ?? 0;
    if (mapSize(this.#positions) === 0) return [line, column, false];
    const positions = mapGet(this.#positions, NativeString(methods.scriptHash(site)));
    return positions ? originOf(positions, line, column) : [line, column, false];
  }
}

/** Line and column, 1-based, in the cell's text; whether they differ from the script's. */
export function originOf(positions: Int32Array, line: number, column: number): [number, number, boolean] {
  // The last segment that begins at or before the position.
  let low = 0;
  let high = positions.length / STRIDE;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * STRIDE;
    const row = positions[at] ?? 0;
    if (row < line || (row === line && (positions[at + 1] ?? 0) <= column)) low = middle + 1;
    else high = middle;
  }
  const at = (low - 1) * STRIDE;
  if (low === 0 || positions[at] !== line) return [line, column, false];
  const originColumn = (positions[at + 3] ?? 0) + column - (positions[at + 1] ?? 0);
  return [positions[at + 2] ?? line, originColumn, true];
}

function plainPath(file: string): string {
  return startsWith(file, 'file://') ? decodeURIComponent(slice(file, 7)) : file;
}

function heading(error: Error): string {
  try {
    if (nodeErrorMark && nodeErrorMark in error) {
      const { name, message, code } = error as NodeJS.ErrnoException;
      return `${name} [${code}]: ${message}`;
    }
    return errorToString(error);
  } catch {
    // Its name or message throws: V8 prints the same.
    return '<error>';
  }
}
