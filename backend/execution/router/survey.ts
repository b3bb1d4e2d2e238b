import type {
  CallExpression,
  Class,
  Function as FunctionNode,
  NewExpression,
  Node,
  OptionalCallExpression,
  Program,
  Statement,
  TaggedTemplateExpression,
} from '@babel/types';
import { bind, bindImport } from './bind.ts';
import { isBlocking, isOpaque, iterates, runsLater } from './calls.ts';
import { forEachChild, isFunction, isTypeOnly } from './nodes.ts';
import { meaningOf, memberName, pathOf, textOf, unwrapped } from './resolve.ts';
import { type Aliases, Scope } from './scope.ts';

/** What happens when a cell runs, from its first statement to the end of its last one. */
export interface Survey {
  /** It waits at the top level; static imports do. */
  awaits: boolean;
  /** It calls what waits for something outside of the program without letting anything else run. */
  blocks: boolean;
  definesAsync: boolean;
  /** It runs code that is not in the cell. */
  opaque: boolean;
}

type Call = CallExpression | OptionalCallExpression | NewExpression | TaggedTemplateExpression;

/** Looks at a cell, and remembers for later cells what its names stand for. */
export function surveyCell(program: Program, aliases: Aliases): Survey {
  const surveyor = new Surveyor();
  const scope = Scope.ofCell(aliases);
  surveyor.statements(program.body, scope, true);
  scope.keep(aliases, ({ node, scope }) => new Surveyor({ onlyLooks: true }).callBlocks(node, scope));
  return surveyor.survey;
}

/** Follows the code that runs with a cell: functions that it calls or hands to a call, not those that it only declares. */
class Surveyor {
  readonly survey: Survey = { awaits: false, blocks: false, definesAsync: false, opaque: false };
  /** A function is followed once. */
  readonly #followed = new Set<FunctionNode>();
  /** Nothing runs: names outside of the function keep their meaning. */
  readonly #onlyLooks: boolean;

  constructor({ onlyLooks = false } = {}) {
    this.#onlyLooks = onlyLooks;
  }

  callBlocks(node: FunctionNode, scope: Scope): boolean {
    this.#follow(node, scope);
    return this.survey.blocks;
  }

  /** @param top whether an `await` here is the cell's own. */
  statements(body: readonly Node[], scope: Scope, top: boolean): void {
    for (const node of body) this.#hoist(node, scope);
    for (const node of body) this.#visit(node, scope, top);
  }

  /** Functions and imports are there before the first statement. */
  #hoist(node: Node, scope: Scope): void {
    if (node.type === 'ImportDeclaration' && !isTypeOnly(node)) bindImport(node, scope);
    const declared: Node = 'declaration' in node && node.declaration ? (node.declaration as Node) : node;
    if (declared.type === 'FunctionDeclaration' && declared.id) {
      scope.declare(declared.id.name, { kind: 'function', node: declared, scope });
    }
  }

  #visit(node: Node, scope: Scope, top: boolean): void {
    if (isTypeOnly(node)) return;
    if (isFunction(node)) {
      this.#define(node, scope, top);
      return;
    }
    switch (node.type) {
      case 'AwaitExpression':
        if (top) this.survey.awaits = true;
        break;
      case 'ForOfStatement':
        if (top && node.await) this.survey.awaits = true;
        this.#children(node, scope.block(), top);
        return;
      case 'ForStatement':
      case 'ForInStatement':
      case 'CatchClause':
        this.#children(node, scope.block(), top);
        return;
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        this.survey.awaits = true;
        return;
      case 'ExportNamedDeclaration':
        if (node.source) this.survey.awaits = true;
        break;
      case 'ImportExpression':
        if (textOf(node.source) === null) this.survey.opaque = true;
        break;
      case 'VariableDeclaration':
        if (top && node.kind === 'await using') this.survey.awaits = true;
        this.#children(node, scope, top);
        for (const { id, init } of node.declarations) {
          bind(id, init, scope, (name, meaning) => {
            if (node.kind === 'var') scope.declareVar(name, meaning);
            else scope.declare(name, meaning);
          });
        }
        return;
      case 'AssignmentExpression':
        this.#children(node, scope, top);
        if (node.operator === '=' && !this.#onlyLooks) {
          bind(node.left, node.right, scope, (name, meaning) => scope.assign(name, meaning));
        }
        return;
      case 'TSImportEqualsDeclaration':
        if (node.moduleReference.type === 'TSExternalModuleReference') {
          const required = {
            type: 'CallExpression',
            callee: { type: 'Identifier', name: 'require' },
          } as CallExpression;
          required.arguments = [node.moduleReference.expression];
          scope.declare(node.id.name, meaningOf(required, scope));
        }
        return;
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
      case 'TaggedTemplateExpression':
        this.#call(node, scope, top);
        return;
      case 'ClassDeclaration':
        if (node.id) scope.declare(node.id.name, null);
        this.#class(node, scope, top);
        return;
      case 'ClassExpression':
        this.#class(node, scope, top);
        return;
      case 'BlockStatement':
        this.statements(node.body, scope.block(), top);
        return;
      case 'TSModuleBlock':
        // A function that is called at once.
        this.statements(node.body as Statement[], scope.function(), false);
        return;
    }
    this.#children(node, scope, top);
  }

  #children(node: Node, scope: Scope, top: boolean): void {
    forEachChild(node, (child) => this.#visit(child, scope, top));
  }

  /** A function that is only defined; its name's computed key and its decorators run now. */
  #define(node: FunctionNode, scope: Scope, top: boolean): void {
    if (node.async) this.survey.definesAsync = true;
    if ('key' in node && 'computed' in node && node.computed) this.#visit(node.key, scope, top);
    if ('decorators' in node) for (const decorator of node.decorators ?? []) this.#visit(decorator, scope, top);
  }

  #class(node: Class, scope: Scope, top: boolean): void {
    for (const decorator of node.decorators ?? []) this.#visit(decorator, scope, top);
    if (node.superClass) this.#visit(node.superClass, scope, top);
    for (const member of node.body.body) {
      if (isFunction(member)) {
        this.#define(member, scope, top);
        continue;
      }
      if (member.type === 'StaticBlock') {
        this.statements(member.body, scope.function(), false);
        continue;
      }
      if ('computed' in member && member.computed) this.#visit(member.key, scope, top);
      if ('decorators' in member) for (const decorator of member.decorators ?? []) this.#visit(decorator, scope, top);
      // Fields of instances come with the instances.
      if ('value' in member && member.value && member.static) this.#visit(member.value, scope, false);
    }
  }

  #call(node: Call, scope: Scope, top: boolean): void {
    const tagged = node.type === 'TaggedTemplateExpression';
    const callee = unwrapped(tagged ? node.tag : node.callee);
    const args: readonly Node[] = tagged ? node.quasi.expressions : node.arguments;
    const path = pathOf(callee, scope);
    if (path && isBlocking(path)) this.survey.blocks = true;
    if (path && isOpaque(path, textOf(args[0]))) this.survey.opaque = true;
    const called = meaningOf(callee, scope);
    if (called?.kind === 'function') this.#follow(called.node, called.scope);
    else this.#visit(callee, scope, top);
    const name = nameOf(callee);
    const later = runsLater(path, name);
    for (const arg of args) {
      // The parser recovers from `f(a, , b)` with a hole that its types do not have.
      if (!arg) continue;
      const given = meaningOf(arg, scope);
      if (given?.kind === 'function' && !later) this.#follow(given.node, given.scope);
      else this.#visit(arg, scope, top);
      if (given?.kind === 'path' && iterates(name) && isBlocking(given.path)) this.survey.blocks = true;
    }
  }

  /** Its body runs now, up to its first `await`. That of a generator runs when it is asked for values. */
  #follow(node: FunctionNode, scope: Scope): void {
    if (node.async) this.survey.definesAsync = true;
    if (node.generator || this.#followed.has(node)) return;
    this.#followed.add(node);
    const inner = scope.function();
    for (const parameter of node.params) {
      bind(parameter, null, inner, (name, meaning) => inner.declare(name, meaning));
      this.#visit(parameter, inner, false);
    }
    if (node.body.type === 'BlockStatement') this.statements(node.body.body, inner, false);
    else this.#visit(node.body, inner, false);
  }
}

function nameOf(callee: Node): string | null {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' || callee.type === 'OptionalMemberExpression' ? memberName(callee) : null;
}
