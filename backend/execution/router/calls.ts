/**
 * What a name stands for: a module and the members that lead from it (`['fs', 'readFileSync']`), or a global (`['', 'prompt']`).
 * `()` is what a call answered.
 */
export type Path = readonly string[];

export const GLOBAL = '';
const RESULT = '()';
/** A function of the user that blocks when it is called. */
export const BLOCKING_FUNCTION: Path = [GLOBAL, '#blocking'];

const MAX_LENGTH = 6;
const MAX_MEMBER = 100;

/** Modules whose functions block when their names say so. */
const NAMED_SYNC = new Set(
  'fs child_process crypto zlib fs-extra graceful-fs execa cross-spawn glob fast-glob globby tinyglobby rimraf mkdirp del'.split(
    ' ',
  ),
);
/** Modules of which everything that is called blocks. */
const ALL_SYNC = new Set(
  'sqlite better-sqlite3 shelljs readline-sync prompt-sync sync-request sync-fetch sync-rpc deasync'.split(' '),
);
/** Modules by which blocking ones are reached, or code that cannot be read here is run. */
const LEADING = new Set(['module', 'process', 'vm']);

/** Globals that wait for a person. */
const BLOCKING_QUESTIONS = ['prompt', 'confirm', 'alert'];

/** Globals that mean something here: a cell that declares one of them takes that meaning away. */
export const GLOBALS: ReadonlySet<string> = new Set(
  'prompt confirm alert Atomics eval Function require process globalThis global setTimeout setInterval setImmediate queueMicrotask'.split(
    ' ',
  ),
);

/** What `require` or an awaited `import()` of a module stands for; null: nothing that matters here. */
export function moduleOf(specifier: string): Path | null {
  const name = specifier.replace(/^node:/, '');
  if (name === 'process') return [GLOBAL, 'process'];
  return NAMED_SYNC.has(name) || ALL_SYNC.has(name) || LEADING.has(name) ? [name] : null;
}

export function memberOf(path: Path, name: string): Path | null {
  if (path.length >= MAX_LENGTH || name.length > MAX_MEMBER) return null;
  const [first, second] = path;
  // Of an imported CommonJS module, `default` is the module itself.
  if (name === 'default' && first !== GLOBAL) return path;
  if (first === GLOBAL && path.length === 2 && (second === 'globalThis' || second === 'global')) return [GLOBAL, name];
  return [...path, name];
}

/** What a call or `new` answers, for the few whose answer leads on. @param argument the first one, when it is a string. */
export function resultOf(callee: Path, argument: string | null): Path | null {
  if (isGlobal(callee, 'require') || isGlobal(callee, 'process', 'getBuiltinModule')) {
    return argument === null ? null : moduleOf(argument);
  }
  const [module = GLOBAL, member] = callee;
  if (module === 'module' && member === 'createRequire') return [GLOBAL, 'require'];
  if (callee.at(-1) === 'bind') return callee.slice(0, -1);
  return ALL_SYNC.has(module) || module === 'vm' ? memberOf(callee, RESULT) : null;
}

/** A call of it waits for something outside of the program. */
export function isBlocking(path: Path): boolean {
  const called = withoutInvoker(path);
  const [module = GLOBAL] = called;
  if (ALL_SYNC.has(module)) return true;
  if (NAMED_SYNC.has(module)) return /sync$/i.test(called.at(-1) ?? '');
  return (
    BLOCKING_QUESTIONS.some((name) => isGlobal(called, name)) ||
    isGlobal(called, 'Atomics', 'wait') ||
    called === BLOCKING_FUNCTION
  );
}

/** A call of it runs code that is not in the cell. @param argument the first one, when it is a string. */
export function isOpaque(path: Path, argument: string | null): boolean {
  const called = withoutInvoker(path);
  if (isGlobal(called, 'eval') || isGlobal(called, 'Function')) return true;
  if (isGlobal(called, 'require')) return argument === null;
  return called[0] === 'vm' && /^(runIn|compileFunction)/.test(called.at(-1) ?? '');
}

const LATER = new Set(
  (
    'then catch finally on once off addListener addEventListener prependListener prependOnceListener nextTick subscribe ' +
    'setTimeout setInterval setImmediate queueMicrotask createServer listen get post put patch delete use route watch watchFile ' +
    'promisify memoize debounce throttle'
  ).split(' '),
);

/** The functions that it is given run after the cell, if at all. @param name of the function or method. */
export function runsLater(path: Path | null, name: string | null): boolean {
  if (name !== null && LATER.has(name)) return true;
  return path !== null && NAMED_SYNC.has(path[0] ?? GLOBAL) && !isBlocking(path);
}

const ITERATING = new Set(
  'map forEach filter find findIndex findLast findLastIndex some every flatMap reduce reduceRight from'.split(' '),
);

/** A function that it is given by name is called at once. */
export function iterates(name: string | null): boolean {
  return name !== null && ITERATING.has(name);
}

function isGlobal(path: Path, ...members: string[]): boolean {
  return (
    path.length === members.length + 1 && path[0] === GLOBAL && members.every((name, index) => path[index + 1] === name)
  );
}

/** `f.call`, `f.apply`. */
function withoutInvoker(path: Path): Path {
  const last = path.at(-1);
  return path.length > 2 && (last === 'call' || last === 'apply') ? path.slice(0, -1) : path;
}
