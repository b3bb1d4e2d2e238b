import { createRequire } from 'node:module';
import { apply, defineValue, getPrototypeOf, indexOf, isArray, matches, slice, startsWith } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import { gateConstructor } from './native-code.ts';
import { type PathQuestions, pinned } from './paths.ts';

const ATTACHES = /\battach\b|\bvacuum\b.*\binto\b/is;
const IN_MEMORY = ':memory:';
const URI = 'file:';
const TAGS = ['run', 'get', 'all', 'iterate'];
const { execPath } = process;
const { from } = Buffer;
const NativeURL = URL;
const decode = decodeURIComponent;

/** Wraps `node:sqlite`, which opens its files below JavaScript. */
export function gateDatabases(paths: PathQuestions): void {
  const sqlite = loaded('node:sqlite');
  if (!sqlite) return;
  const { consent } = paths;
  const requireFile = (operation: string, given: unknown) => {
    const file = typeof given === 'string' ? fileOf(given) : given;
    if (file === IN_MEMORY || file === '') return;
    const question = paths.about('write', operation, file);
    if (question) consent.require(question);
    const other = paths.readsToo() ? paths.about('read', operation, file) : null;
    if (other) consent.require(other);
  };
  // Statements that open another file: which one is in their text.
  const requireText = (text: string) => {
    const attaches = matches(ATTACHES, text) !== null;
    const question = attaches ? paths.about('native', 'sqlite ATTACH', execPath) : null;
    if (question) consent.require(question);
  };
  const gate = (owner: object, name: string, ask: (given: unknown[]) => void) => {
    const functions = owner as Record<string, AnyFunction>;
    const original = functions[name];
    if (typeof original !== 'function') return;
    functions[name] = like(original, function (this: unknown, ...given: unknown[]) {
      if (consent.policy()) ask(given);
      return apply(original, this, given);
    });
  };

  const { prototype } = sqlite['DatabaseSync'] as { prototype: Record<string, AnyFunction> };
  gateConstructor(sqlite, 'DatabaseSync', consent, (given) => {
    given[0] = pinnedFile(given[0]);
    requireFile('sqlite.DatabaseSync', given[0]);
  });
  for (const name of ['exec', 'prepare']) {
    gate(prototype, name, (given) => {
      given[0] = `${given[0] as string}`;
      requireText(given[0] as string);
    });
  }
  gateTags(prototype, (store, name) => {
    gate(store, name, (given) => {
      if (!isArray(given[0])) return;
      const { pieces, text } = pinnedTemplate(given[0]);
      given[0] = pieces;
      requireText(text);
    });
  });
  gate(prototype, 'loadExtension', (given) => {
    given[0] = pinned(given[0]);
    const question = paths.about('native', 'sqlite.loadExtension', given[0]);
    if (question) consent.require(question);
  });
  gate(sqlite, 'backup', (given) => {
    given[1] = pinnedFile(given[1]);
    requireFile('sqlite.backup', given[1]);
  });
}

/** Statements that are tagged templates. Each store of them has a class of its own. */
function gateTags(prototype: Record<string, AnyFunction>, gateMethod: (store: object, name: string) => void): void {
  const original = prototype['createTagStore'];
  if (!original) return;
  prototype['createTagStore'] = like(original, function (this: unknown, ...given: unknown[]) {
    const store = apply(original, this, given) as object;
    for (let i = 0; i < TAGS.length; i++) gateMethod(getPrototypeOf(store) as object, TAGS[i] as string);
    return store;
  });
}

/** As `pinned`, but a URL stays one: what is behind its `?` is for SQLite. */
function pinnedFile(given: unknown): unknown {
  return given instanceof NativeURL ? `${given.href}` : pinned(given);
}

/** A template's pieces as they will stay, and the statement that is made of them. What is no text the original refuses. */
function pinnedTemplate(given: readonly unknown[]): { readonly pieces: unknown[]; readonly text: string } {
  const pieces: unknown[] = [];
  let text = '';
  for (let i = 0; i < given.length; i++) {
    const piece = given[i];
    defineValue(pieces, i, piece, true);
    text += `${i > 0 ? '?' : ''}${typeof piece === 'string' ? piece : ''}`;
  }
  return { pieces, text };
}

/** The file that SQLite opens: a text that begins with `file:` is a URI (https://sqlite.org/uri.html). Bytes where that cannot be told. */
function fileOf(given: string): string | Buffer {
  if (!startsWith(given, URI)) return given;
  let path = before('#', before('?', slice(given, URI.length)));
  if (startsWith(path, '//')) {
    const root = indexOf(path, '/', 2);
    path = root === -1 ? '' : slice(path, root);
  }
  try {
    return before('\0', decode(path));
  } catch {
    return from(given);
  }
}

function before(mark: string, text: string): string {
  const at = indexOf(text, mark);
  return at === -1 ? text : slice(text, 0, at);
}

/** Wraps `node:wasi`: the folders that a WebAssembly program gets are opened below JavaScript. */
export function gateWasi(paths: PathQuestions): void {
  const wasi = loaded('node:wasi');
  if (!wasi) return;
  gateConstructor(wasi, 'WASI', paths.consent, (given) => {
    const options = { ...(given[0] as object) } as { preopens?: Record<string, string> };
    given[0] = options;
    if (typeof options.preopens !== 'object' || options.preopens === null) return;
    const preopens = { ...options.preopens };
    options.preopens = preopens;
    for (const name in preopens) {
      preopens[name] = `${preopens[name]}`;
      const question = paths.about('write', 'wasi', preopens[name]);
      if (question) paths.consent.require(question);
      const other = paths.readsToo() ? paths.about('read', 'wasi', preopens[name]) : null;
      if (other) paths.consent.require(other);
    }
  });
}

/** Null in a version of Node that does not have it. */
function loaded(id: string): Record<string, unknown> | null {
  try {
    return createRequire(__filename)(id) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_BUILTIN_MODULE') return null;
    throw error;
  }
}
