import { createRequire } from 'node:module';
import { apply, matches } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import { gateConstructor } from './native-code.ts';
import { type PathQuestions, pinned } from './paths.ts';

const ATTACHES = /\battach\b|\bvacuum\b.*\binto\b/is;
const IN_MEMORY = ':memory:';
const { execPath } = process;

/** Wraps `node:sqlite`, which opens its files below JavaScript. */
export function gateDatabases(paths: PathQuestions): void {
  const sqlite = loaded('node:sqlite');
  if (!sqlite) return;
  const { consent } = paths;
  const requireFile = (operation: string, file: unknown) => {
    if (file === IN_MEMORY || file === '') return;
    const question = paths.about('write', operation, file);
    if (question) consent.require(question);
    const other = paths.readsToo() ? paths.about('read', operation, file) : null;
    if (other) consent.require(other);
  };
  const prototype = (sqlite['DatabaseSync'] as { prototype: Record<string, AnyFunction> }).prototype;
  gateConstructor(sqlite, 'DatabaseSync', consent, (given) => {
    given[0] = pinned(given[0]);
    requireFile('sqlite.DatabaseSync', given[0]);
  });
  // Statements that open another file: which one is in their text.
  for (const name of ['exec', 'prepare']) {
    gate(prototype, name, (given) => {
      given[0] = `${given[0] as string}`;
      const question =
        matches(ATTACHES, given[0] as string) !== null ? paths.about('native', 'sqlite ATTACH', execPath) : null;
      if (question) consent.require(question);
    });
  }
  gate(prototype, 'loadExtension', (given) => {
    given[0] = pinned(given[0]);
    const question = paths.about('native', 'sqlite.loadExtension', given[0]);
    if (question) consent.require(question);
  });
  gate(sqlite as Record<string, AnyFunction>, 'backup', (given) => {
    given[1] = pinned(given[1]);
    requireFile('sqlite.backup', given[1]);
  });

  function gate(owner: Record<string, AnyFunction>, name: string, ask: (given: unknown[]) => void): void {
    const original = owner[name];
    if (typeof original !== 'function') return;
    owner[name] = like(original, function (this: unknown, ...given: unknown[]) {
      if (consent.policy()) ask(given);
      return apply(original, this, given);
    });
  }
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
