import type { AnyNode, CallExpression, Program } from 'acorn';
import type { Mode } from '../../../protocol/values.ts';
import { childrenOf, isFunction } from './walk.ts';

const MODULES = /^(?:node:)?(fs|child_process|crypto|zlib)$/;

/** Finds the mode of cells (DESIGN §6) from their syntax, with the aliases of modules that earlier cells have made. */
export class ModeFinder {
  /** Names of modules whose `…Sync` functions block. */
  readonly #modules = new Set<string>();
  /** Names of such functions. */
  readonly #functions = new Set<string>();

  modeOf(program: Program, awaits: boolean): Mode {
    this.#collect(program);
    if (awaits) return 'top_level_await';
    if (this.#blocks(program)) return 'blocking_sync';
    const statements = program.body.filter((node) => node.type !== 'EmptyStatement');
    const isAsync = (node: AnyNode) => node.type === 'FunctionDeclaration' && node.async;
    return statements.length > 0 && statements.every(isAsync) ? 'async_def' : 'simple_sync';
  }

  #collect(program: Program): void {
    for (const node of program.body) {
      if (node.type === 'ImportDeclaration') {
        if (!MODULES.test(String(node.source.value))) continue;
        for (const specifier of node.specifiers) {
          if (specifier.type !== 'ImportSpecifier') this.#modules.add(specifier.local.name);
          else if (specifier.imported.type === 'Identifier' && specifier.imported.name.endsWith('Sync')) {
            this.#functions.add(specifier.local.name);
          }
        }
      }
      if (node.type !== 'VariableDeclaration') continue;
      for (const { id, init } of node.declarations) {
        if (!init || !isBlockingModule(init)) continue;
        if (id.type === 'Identifier') this.#modules.add(id.name);
        if (id.type !== 'ObjectPattern') continue;
        for (const property of id.properties) {
          if (property.type !== 'Property' || property.key.type !== 'Identifier') continue;
          if (property.key.name.endsWith('Sync') && property.value.type === 'Identifier') {
            this.#functions.add(property.value.name);
          }
        }
      }
    }
  }

  /** A call that runs with the cell: in its statements and in callbacks, not in functions that it only declares. */
  #blocks(node: AnyNode): boolean {
    if (node.type === 'CallExpression' && this.#isBlocking(node)) return true;
    for (const child of childrenOf(node)) {
      if (isFunction(child) && child.type !== 'ArrowFunctionExpression') continue;
      if (this.#blocks(child)) return true;
    }
    return false;
  }

  #isBlocking({ callee }: CallExpression): boolean {
    if (callee.type === 'Identifier') return this.#functions.has(callee.name) || callee.name === 'prompt';
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
    const { object, property } = callee;
    if (object.type === 'Identifier' && object.name === 'Atomics') return property.name === 'wait';
    if (!property.name.endsWith('Sync')) return false;
    return (object.type === 'Identifier' && this.#modules.has(object.name)) || isBlockingModule(object);
  }
}

/** `require('fs')`, also awaited `import('fs')`. */
function isBlockingModule(node: AnyNode): boolean {
  if (node.type === 'AwaitExpression') return isBlockingModule(node.argument);
  const source =
    node.type === 'ImportExpression'
      ? node.source
      : node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'require'
        ? node.arguments[0]
        : undefined;
  return source?.type === 'Literal' && MODULES.test(String(source.value));
}
