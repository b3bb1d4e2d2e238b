import type { ClassDeclaration, FunctionDeclaration, Program, VariableDeclaration } from 'acorn';
import type MagicString from 'magic-string';
import type { Shape } from '../shared/messages.ts';
import { CellText, freeName } from './cell-text.ts';
import { storeValue } from './completion.ts';
import { constantTargets } from './constants.ts';
import { assignNestedVar, assignVariables } from './declarations.ts';
import { Functions } from './functions.ts';
import { importCode, reexportCode } from './imports.ts';
import { checkLoops } from './loops.ts';
import { occurrences, type Survey, survey } from './survey.ts';
import { isBareVar, isDeclaration, isInert, type TopLevel } from './top-level.ts';
import { namesOf } from './walk.ts';
import { wrapping } from './wrapping.ts';

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
  readonly #survey: Survey;
  readonly #body: CellText;
  /** The parameter of the wrapped scripts. */
  readonly #frame: string;
  readonly #declared = new Set<string>();
  readonly #hoisted = new Set<string>();
  readonly #functions = new Functions();
  #awaits: boolean;
  #usings = false;

  constructor(code: string, program: Program, options: RewriteOptions) {
    this.#code = code;
    this.#program = program;
    this.#options = options;
    this.#survey = survey(program);
    this.#awaits = this.#survey.awaits;
    this.#body = new CellText(code);
    this.#frame = freeName('$h', code);
  }

  run(): Rewritten {
    const { body } = this.#program;
    const { metas, nestedVars } = this.#survey;
    checkLoops(this.#body.text, this.#program);
    for (const { node, parent } of nestedVars) {
      for (const { id } of node.declarations) for (const name of namesOf(id)) this.#hoist(name);
      assignNestedVar(this.#body, node, parent);
    }
    let inert = true;
    for (const node of body) {
      this.#topLevel(node, inert);
      inert &&= isInert(node);
    }
    const last = body.findLast((node) => node.type !== 'EmptyStatement' && !isBareVar(node));
    const strict = body.some((node) => 'directive' in node && node.directive === 'use strict');
    const metasInBody = metas.filter((meta) => !this.#functions.contain(meta));
    const shape: Shape = this.#awaits ? 'async' : this.#usings || metasInBody.length > 0 ? 'wrapped' : 'plain';
    for (const meta of metasInBody) this.#body.replaceMeta(meta, this.#frame);
    const constants = constantTargets(this.#program);
    for (const target of constants) if (!this.#functions.contain(target.node)) this.#body.throwAt(target);
    if (shape !== 'plain') storeValue(this.#body.text, last, `${this.#frame}.v`);
    if (strict) for (const name of this.#declared) this.#hoisted.add(name);
    const directive = strict ? '"use strict";' : '';
    const names = { frame: this.#frame, error: freeName('$e', this.#code) };
    const [bodyPrefix, bodySuffix] = wrapping(shape, names, directive);
    const functions = this.#functions.script(this.#code, { metas, constants }, this.#frame);
    const wrapFunctions = metas.length > metasInBody.length;
    const [functionsPrefix, functionsSuffix] = wrapFunctions ? wrapping('wrapped', names, directive) : [directive, ''];
    return {
      body: this.#body.text,
      bodyPrefix,
      bodySuffix,
      shape,
      functions,
      functionsPrefix,
      functionsSuffix,
      hasValue: last !== undefined && !isDeclaration(last),
      declared: [...this.#declared],
      hoisted: [...this.#hoisted],
    };
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
        this.#body.replace(node, reexportCode(node));
        return;
      case 'ExportNamedDeclaration':
        if (!node.declaration) {
          if (node.source) this.#awaits = true;
          this.#body.replace(node, reexportCode(node));
          return;
        }
        this.#body.blank(node.start, node.declaration.start);
        this.#topLevel(node.declaration, inert);
        return;
      case 'ExportDefaultDeclaration':
        this.#exportDefault(node, inert);
    }
  }

  #variables(node: VariableDeclaration): void {
    for (const { id } of node.declarations) for (const name of namesOf(id)) this.#declared.add(name);
    if (node.kind === 'using' || node.kind === 'await using') {
      this.#usings = true;
      // Disposed at the end of the cell, so it stays a declaration; the global is for functions and later cells.
      for (const { id, init } of node.declarations) {
        if (id.type === 'Identifier' && init) this.#body.text.appendLeft(init.start, `globalThis.${id.name}=`);
      }
      return;
    }
    if (node.kind === 'var') {
      for (const { id } of node.declarations) for (const name of namesOf(id)) this.#hoisted.add(name);
      if (isBareVar(node)) {
        this.#body.blank(node.start, node.end);
        return;
      }
    }
    assignVariables(this.#body, node);
  }

  #function(node: FunctionDeclaration): void {
    this.#declared.add(node.id.name);
    this.#functions.add(node);
    this.#body.blank(node.start, node.end);
  }

  #class(node: ClassDeclaration): void {
    this.#declared.add(node.id.name);
    this.#body.text.appendLeft(node.start, `${node.id.name}=`);
    this.#body.text.appendLeft(node.end, ';');
  }

  #import(node: Extract<TopLevel, { type: 'ImportDeclaration' }>, inert: boolean): void {
    this.#awaits = true;
    for (const { local } of node.specifiers) this.#declared.add(local.name);
    const required = (name: string) =>
      !this.#options.typescript || (this.#survey.identifiers.get(name) ?? 0) > occurrences(node, name);
    const code = importCode(node, { frame: this.#frame, required });
    if (inert) {
      this.#body.replace(node, code);
      return;
    }
    // Imports come first, wherever they stand.
    this.#body.blank(node.start, node.end);
    this.#body.text.prependLeft(0, code);
  }

  #exportDefault(node: Extract<TopLevel, { type: 'ExportDefaultDeclaration' }>, inert: boolean): void {
    const { declaration } = node;
    if ((declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') && declaration.id) {
      this.#body.blank(node.start, declaration.start);
      this.#topLevel(declaration as FunctionDeclaration | ClassDeclaration, inert);
      return;
    }
    this.#body.text.overwrite(node.start, node.start + 'export'.length, ';0,   ');
    this.#body.blank(node.start + 'export'.length, declaration.start);
    if (/^(Function|Class)Declaration$/.test(declaration.type)) this.#body.text.appendLeft(node.end, ';');
  }

  #hoist(name: string): void {
    this.#declared.add(name);
    this.#hoisted.add(name);
  }
}
