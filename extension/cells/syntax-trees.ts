import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Edit, Parser, Point, Tree } from '@vscode/tree-sitter-wasm';
import type { Dialect } from '../../backend/protocol/values.ts';

type TreeSitter = typeof import('@vscode/tree-sitter-wasm');

/** TSX is a grammar of its own because `<T>x` is a cast in TypeScript alone; JavaScript's knows JSX. */
const GRAMMARS: Record<Dialect, string> = {
  python: 'python',
  javascript: 'javascript',
  javascriptreact: 'javascript',
  typescript: 'typescript',
  typescriptreact: 'tsx',
};

/** A text that takes longer is given up: it is not worth the wait. */
const MAX_MILLISECONDS = 1000;

/** Loads parsers when they are first needed. */
export class Grammars {
  readonly #folder: string;
  readonly #parsers = new Map<string, Promise<TextParser>>();
  #library: Promise<TreeSitter> | undefined;

  /** @param folder absolute path of the folder with `tree-sitter.wasm` and the grammars */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws when the grammar cannot be loaded; the next call tries again */
  parser(dialect: Dialect): Promise<TextParser> {
    const name = GRAMMARS[dialect];
    const known = this.#parsers.get(name);
    if (known) return known;
    const loading = this.#load(name);
    this.#parsers.set(name, loading);
    loading.catch(() => this.#parsers.delete(name));
    return loading;
  }

  async #load(name: string): Promise<TextParser> {
    this.#library ??= this.#loadLibrary();
    this.#library.catch(() => {
      this.#library = undefined;
    });
    const { Language, Parser } = await this.#library;
    const parser = new Parser();
    parser.setLanguage(await Language.load(await readFile(path.join(this.#folder, `tree-sitter-${name}.wasm`))));
    return new TextParser(parser);
  }

  async #loadLibrary(): Promise<TreeSitter> {
    const loaded: TreeSitter & { default?: TreeSitter } = await import('@vscode/tree-sitter-wasm');
    // It is CommonJS: Node finds no names in it, a bundle does.
    const library = loaded.default ?? loaded;
    await library.Parser.init({ locateFile: (file) => path.join(this.#folder, file) });
    return library;
  }
}

/** Parses texts of one grammar. It remembers the last one: after an edit only what changed is read again. */
export class TextParser {
  readonly #parser: Parser;
  #last: { readonly text: string; readonly tree: Tree } | undefined;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  /** Calls `read` with the tree of a text, which is gone afterwards. Undefined when it took too long. */
  read<Result>(text: string, read: (tree: Tree) => Result): Result | undefined {
    const tree = this.#tree(text);
    return tree && read(tree);
  }

  /** The same, for a piece of a text: it is not remembered. */
  readPiece<Result>(text: string, read: (tree: Tree) => Result): Result | undefined {
    const tree = this.#parse(text);
    try {
      return tree && read(tree);
    } finally {
      tree?.delete();
    }
  }

  #tree(text: string): Tree | undefined {
    const last = this.#last;
    if (last?.text === text) return last.tree;
    let tree: Tree | undefined;
    if (last) {
      last.tree.edit(editBetween(last.text, text));
      tree = this.#parse(text, last.tree);
      // What is made of broken text may depend on the way to it; a parse from the start always gives the same.
      if (tree?.rootNode.hasError) {
        tree.delete();
        tree = this.#parse(text);
      }
      last.tree.delete();
    } else tree = this.#parse(text);
    this.#last = tree && { text, tree };
    return tree;
  }

  #parse(text: string, old?: Tree): Tree | undefined {
    const end = performance.now() + MAX_MILLISECONDS;
    // The declared type says that nothing is returned; the library stops at `true`.
    const progressCallback: () => void = () => performance.now() > end;
    const tree = this.#parser.parse(text, old, { progressCallback });
    if (!tree) this.#parser.reset();
    return tree ?? undefined;
  }
}

/** One edit that makes the one text of the other: from the first character that differs to the last. */
function editBetween(old: string, text: string): Edit {
  const shorter = Math.min(old.length, text.length);
  let start = 0;
  while (start < shorter && old.charCodeAt(start) === text.charCodeAt(start)) start++;
  let same = 0;
  while (same < shorter - start && old.charCodeAt(old.length - 1 - same) === text.charCodeAt(text.length - 1 - same)) {
    same++;
  }
  return {
    startIndex: start,
    oldEndIndex: old.length - same,
    newEndIndex: text.length - same,
    startPosition: pointAt(text, start),
    oldEndPosition: pointAt(old, old.length - same),
    newEndPosition: pointAt(text, text.length - same),
  };
}

function pointAt(text: string, index: number): Point {
  let row = 0;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', lineStart)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: index - lineStart };
}
