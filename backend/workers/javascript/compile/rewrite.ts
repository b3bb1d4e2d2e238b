import type {
  AnyNode,
  ClassDeclaration,
  FunctionDeclaration,
  MetaProperty,
  ModuleDeclaration,
  Program,
  Statement,
  VariableDeclaration,
} from 'acorn';
import MagicString from 'magic-string';
import type { Shape } from '../shared/messages.ts';
import { storeCompletion } from './completion.ts';
import { importCode, reexportCode } from './imports.ts';
import { childrenOf, isFunction, namesOf } from './walk.ts';

type TopLevel = Statement | ModuleDeclaration;

export interface Rewritten {
  readonly body: MagicString;
  /** What stands before the body's first character. */
  readonly bodyPrefix: string;
  readonly bodySuffix: string;
  readonly shape: Shape;
  /** Null when the cell declares no functions. */
  readonly functions: MagicString | null;
  readonly functionsPrefix: string;
  readonly functionsSuffix: string;
  readonly hasValue: boolean;
  readonly declared: readonly string[];
  readonly hoisted: readonly string[];
  readonly awaits: boolean;
}

export interface RewriteOptions {
  /** Unused imports may be types: TypeScript does not make people say so. */
  readonly typescript: boolean;
}

/** Makes a program's top-level declarations assignments to globals, so that any later cell can declare them again. */
export function rewrite(code: string, program: Program, options: RewriteOptions): Rewritten {
  return new Rewriter(code, program, options).run();
}

class Rewriter {
  readonly #code: string;
  readonly #program: Program;
  readonly #options: RewriteOptions;
  readonly #body: MagicString;
  readonly #frame: string;
  readonly #declared = new Set<string>();
  readonly #hoisted = new Set<string>();
  readonly #functions: FunctionDeclaration[] = [];
  readonly #metas: MetaProperty[] = [];
  readonly #identifiers = new Map<string, number>();
  #awaits = false;
  #usings = false;

  constructor(code: string, program: Program, options: RewriteOptions) {
    this.#code = code;
    this.#program = program;
    this.#options = options;
    this.#body = new MagicString(code);
    this.#frame = freeName('$h', code);
  }

  run(): Rewritten {
    const { body } = this.#program;
    for (const node of body) this.#scan(node, false);
    let inert = true;
    for (const node of body) {
      this.#topLevel(node, inert);
      inert &&= isInert(node);
    }
    const last = body.findLast((node) => node.type !== 'EmptyStatement' && !isBareVar(node));
    const strict = body.some((node) => 'directive' in node && node.directive === 'use strict');
    const metaInBody = this.#metas.some((meta) => !this.#inFunction(meta));
    const shape: Shape = this.#awaits ? 'async' : this.#usings || metaInBody ? 'wrapped' : 'plain';
    this.#replaceMetas(this.#body, (meta) => !this.#inFunction(meta));
    if (shape !== 'plain') this.#storeValue(last);
    if (strict) for (const name of this.#declared) this.#hoisted.add(name);
    const directive = strict ? '"use strict";' : '';
    const frame = this.#frame;
    const error = freeName('$e', this.#code);
    const wrap = {
      plain: ['', ''],
      wrapped: [`(${frame}=>{${directive}`, '\n})'],
      async: [`(async ${frame}=>{${directive}try{`, `\n;${frame}.done()}catch(${error}){${frame}.fail(${error})}})`],
    } as const;
    const functions = this.#functionsScript();
    const metaInFunctions = this.#metas.some((meta) => this.#inFunction(meta));
    return {
      body: this.#body,
      bodyPrefix: wrap[shape][0],
      bodySuffix: wrap[shape][1],
      shape,
      functions,
      functionsPrefix: metaInFunctions ? wrap.wrapped[0] : directive,
      functionsSuffix: metaInFunctions ? wrap.wrapped[1] : '',
      hasValue: last !== undefined && !isDeclaration(last),
      declared: [...this.#declared],
      hoisted: [...this.#hoisted],
      awaits: this.#awaits,
    };
  }

  /** Collects what the rewriting needs to know beforehand, and rewrites `var` in nested statements. */
  #scan(node: AnyNode, inFunction: boolean): void {
    switch (node.type) {
      case 'Identifier':
        this.#identifiers.set(node.name, (this.#identifiers.get(node.name) ?? 0) + 1);
        break;
      case 'AwaitExpression':
        if (!inFunction) this.#awaits = true;
        break;
      case 'ForOfStatement':
        if (node.await && !inFunction) this.#awaits = true;
        break;
      case 'VariableDeclaration':
        if (node.kind === 'await using' && !inFunction) this.#awaits = true;
        break;
      case 'MetaProperty':
        if (node.meta.name === 'import') this.#metas.push(node);
        break;
    }
    for (const child of childrenOf(node)) {
      if (!inFunction && !isFunction(node)) this.#nestedVar(child, node);
      this.#scan(child, inFunction || isFunction(node));
    }
  }

  /** `var` in a block, a branch or a loop's head is global too. */
  #nestedVar(node: AnyNode, parent: AnyNode): void {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'var' || parent.type === 'ExportNamedDeclaration') return;
    for (const { id } of node.declarations) for (const name of namesOf(id)) this.#hoist(name);
    const inHead =
      (parent.type === 'ForStatement' && parent.init === node) ||
      ((parent.type === 'ForInStatement' || parent.type === 'ForOfStatement') && parent.left === node);
    if (inHead) {
      this.#body.overwrite(node.start, node.start + 3, '   ');
      return;
    }
    const inList = parent.type === 'BlockStatement' || parent.type === 'SwitchCase';
    this.#declarators(node, inList ? ';0,' : ' 0,');
    // A declaration has no completion value; an assignment would have one.
    this.#body.appendLeft(node.declarations.at(-1)?.end ?? node.end, ',void 0');
  }

  #topLevel(node: TopLevel, inert: boolean): void {
    switch (node.type) {
      case 'VariableDeclaration':
        this.#variables(node);
        return;
      case 'FunctionDeclaration':
        this.#function(node);
        return;
      case 'ClassDeclaration':
        this.#class(node);
        return;
      case 'ImportDeclaration':
        this.#import(node, inert);
        return;
      case 'ExportAllDeclaration':
        this.#awaits = true;
        this.#replace(node, reexportCode(node));
        return;
      case 'ExportNamedDeclaration':
        if (!node.declaration) {
          if (node.source) this.#awaits = true;
          this.#replace(node, reexportCode(node));
          return;
        }
        this.#blank(node.start, node.declaration.start);
        this.#topLevel(node.declaration, inert);
        return;
      case 'ExportDefaultDeclaration':
        this.#exportDefault(node, inert);
        return;
      default:
        return;
    }
  }

  #variables(node: VariableDeclaration): void {
    for (const { id } of node.declarations) for (const name of namesOf(id)) this.#declared.add(name);
    if (node.kind === 'using' || node.kind === 'await using') {
      this.#usings = true;
      // Disposed at the end of the cell, so it stays a declaration; the global is for functions and later cells.
      for (const { id, init } of node.declarations) {
        if (id.type === 'Identifier' && init) this.#body.appendLeft(init.start, `globalThis.${id.name}=`);
      }
      return;
    }
    if (node.kind === 'var') {
      for (const { id } of node.declarations) for (const name of namesOf(id)) this.#hoisted.add(name);
      if (isBareVar(node)) {
        this.#blank(node.start, node.end);
        return;
      }
    }
    this.#declarators(node, ';0,');
  }

  /** Blanks the keyword, keeping columns; a pattern needs something before it, or it would be a block. */
  #declarators(node: VariableDeclaration, beforePattern: string): void {
    const [first] = node.declarations;
    const isPattern = first?.id.type !== 'Identifier';
    this.#body.overwrite(
      node.start,
      node.start + node.kind.length,
      (isPattern ? beforePattern : '').padEnd(node.kind.length),
    );
    if (node.kind === 'var') return;
    for (const { end, init } of node.declarations) if (!init) this.#body.appendLeft(end, '=void 0');
  }

  #function(node: FunctionDeclaration): void {
    this.#declared.add(node.id.name);
    this.#functions.push(node);
    this.#blank(node.start, node.end);
  }

  #class(node: ClassDeclaration): void {
    this.#declared.add(node.id.name);
    this.#body.appendLeft(node.start, `${node.id.name}=`);
    this.#body.appendLeft(node.end, ';');
  }

  #import(node: Extract<TopLevel, { type: 'ImportDeclaration' }>, inert: boolean): void {
    this.#awaits = true;
    for (const { local } of node.specifiers) this.#declared.add(local.name);
    const required = (name: string) =>
      !this.#options.typescript || (this.#identifiers.get(name) ?? 0) > occurrences(node, name);
    const code = importCode(node, { frame: this.#frame, required });
    if (inert) {
      this.#replace(node, code);
      return;
    }
    // Imports come first, wherever they stand.
    this.#blank(node.start, node.end);
    this.#body.prependLeft(0, code);
  }

  #exportDefault(node: Extract<TopLevel, { type: 'ExportDefaultDeclaration' }>, inert: boolean): void {
    const { declaration } = node;
    if ((declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') && declaration.id) {
      this.#blank(node.start, declaration.start);
      this.#topLevel(declaration as FunctionDeclaration | ClassDeclaration, inert);
      return;
    }
    this.#body.overwrite(node.start, node.start + 'export'.length, ';0,   ');
    this.#blank(node.start + 'export'.length, declaration.start);
    if (/^(Function|Class)Declaration$/.test(declaration.type)) this.#body.appendLeft(node.end, ';');
  }

  #storeValue(last: TopLevel | undefined): void {
    const target = `${this.#frame}.v`;
    if (last?.type === 'ExportDefaultDeclaration') {
      if (/^(Function|Class)Declaration$/.test(last.declaration.type)) return;
      this.#body.appendLeft(last.declaration.start, `${target}=(`);
      this.#body.prependRight(last.declaration.end, ')');
      return;
    }
    if (last && !isDeclaration(last)) storeCompletion(this.#body, last as Statement, target);
  }

  /** All function declarations at their own lines and columns, as assignments; everything else blank. */
  #functionsScript(): MagicString | null {
    if (this.#functions.length === 0) return null;
    const text = new MagicString(this.#code);
    let from = 0;
    for (const node of this.#functions) {
      this.#blank(from, node.start, text);
      const name = node.id.name;
      const head = this.#code.slice(node.start, node.id.start);
      // `function f(` and `f=function(` are equally long. The name comes back by inference.
      text.overwrite(node.start, node.id.end, `${name}=${/[ \t]$/.test(head) ? head.slice(0, -1) : head}`);
      text.appendLeft(node.end, ';');
      from = node.end;
    }
    this.#blank(from, this.#code.length, text);
    this.#replaceMetas(text, (meta) => this.#inFunction(meta));
    return text;
  }

  #inFunction(node: AnyNode): boolean {
    return this.#functions.some(({ start, end }) => start <= node.start && node.end <= end);
  }

  #replaceMetas(text: MagicString, wanted: (meta: MetaProperty) => boolean): void {
    for (const meta of this.#metas.filter(wanted)) {
      const { start, end } = meta;
      text.overwrite(
        start,
        end,
        `${this.#frame}.meta`.padEnd(this.#code.slice(start, end).includes('\n') ? 0 : end - start),
      );
    }
  }

  #hoist(name: string): void {
    this.#declared.add(name);
    this.#hoisted.add(name);
  }

  /** Puts code in place of a node; what follows stays on its line. */
  #replace(node: AnyNode, code: string): void {
    this.#body.overwrite(
      node.start,
      node.end,
      code + (this.#code.slice(node.start, node.end).match(/\r\n|[\n\r\u2028\u2029]/g) ?? []).join(''),
    );
  }

  /** Line by line, so that what follows is known to be where it was. */
  #blank(start: number, end: number, text: MagicString = this.#body): void {
    for (const { 0: run, index } of this.#code.slice(start, end).matchAll(/[^\n\r\u2028\u2029]+/g)) {
      text.overwrite(start + index, start + index + run.length, ' '.repeat(run.length));
    }
  }
}

function freeName(name: string, code: string): string {
  let free = name;
  while (code.includes(free)) free += '$';
  return free;
}

function isDeclaration(node: TopLevel): boolean {
  switch (node.type) {
    case 'VariableDeclaration':
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return true;
    case 'ExportDefaultDeclaration':
      return node.declaration.type === 'FunctionDeclaration' || node.declaration.type === 'ClassDeclaration';
    default:
      return false;
  }
}

/** `var x`: does nothing where it stands. TypeScript's namespaces leave one at the end. */
function isBareVar(node: TopLevel): boolean {
  return node.type === 'VariableDeclaration' && node.kind === 'var' && node.declarations.every(({ init }) => !init);
}

/** Nothing runs here that could see whether an import has been done. */
function isInert(node: TopLevel): boolean {
  return (
    node.type === 'ImportDeclaration' ||
    node.type === 'FunctionDeclaration' ||
    node.type === 'EmptyStatement' ||
    ('directive' in node && node.directive !== undefined)
  );
}

function occurrences(node: AnyNode, name: string): number {
  let count = node.type === 'Identifier' && node.name === name ? 1 : 0;
  for (const child of childrenOf(node)) count += occurrences(child, name);
  return count;
}
