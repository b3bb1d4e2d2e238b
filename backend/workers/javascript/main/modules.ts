import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineValue, mapGet, mapSet, NativeMap } from './primordials.ts';

interface ModuleScope {
  readonly require: NodeJS.Require;
  readonly module: { exports: unknown; readonly filename: string; readonly id: string };
  readonly meta: ImportMeta;
  readonly filename: string;
  readonly dirname: string;
}

const makeRequire = createRequire;
const fileUrl = pathToFileURL;
const { dirname, isAbsolute, join } = path;
const { cwd } = process;

/** What a module finds in its scope: `require`, `module`, `__filename`, `import.meta`, relative to the cell's file. */
export class Modules {
  readonly #scopes = new NativeMap<string | null, ModuleScope>();

  /** @param file absolute path of the cell's file; null: a file in the working directory that does not exist. */
  enter(file: string | null): ModuleScope {
    let scope = mapGet(this.#scopes, file);
    if (!scope) {
      scope = makeScope(file ?? join(cwd(), '[cell]'));
      mapSet(this.#scopes, file, scope);
    }
    const { require, module } = scope;
    define('require', require);
    define('module', module);
    define('exports', module.exports);
    define('__filename', scope.filename);
    define('__dirname', scope.dirname);
    return scope;
  }
}

function define(name: string, value: unknown): void {
  defineValue(globalThis, name, value, false);
}

function makeScope(filename: string): ModuleScope {
  const require = makeRequire(filename);
  const folder = dirname(filename);
  const module = {
    exports: {},
    filename,
    id: filename,
    path: folder,
    paths: require.resolve.paths('x') ?? [],
    children: [],
    loaded: false,
    require,
  };
  // `if (require.main === module)`: a file that is run as a cell is the main program.
  require.main = module as unknown as NodeJS.Module;
  const meta = {
    __proto__: null,
    dirname: folder,
    filename,
    url: fileUrl(filename).href,
    main: true,
    resolve: (specifier: string) => {
      const found = require.resolve(specifier);
      return found.startsWith('node:') || !isAbsolute(found) ? found : fileUrl(found).href;
    },
  } as unknown as ImportMeta;
  return { require, module, meta, filename, dirname: folder };
}
