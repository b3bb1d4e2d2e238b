import type {
  AnyNode,
  FunctionDeclaration,
  ImportDeclaration,
  Program,
  VariableDeclaration,
  VariableDeclarator,
} from 'acorn';
import type MagicString from 'magic-string';
import type { Definition, Imported } from '../shared/checkpoint.ts';
import type { TopLevel } from './top-level.ts';

/** What a cell's top level defines: functions and classes by their text, imports by where they come from. */
export interface Definitions {
  readonly defined: readonly Definition[];
  readonly imported: readonly Imported[];
}

/**
 * @param scripts what the code was made into
 * @param place of the code's first character in its file, line 1-based, column 0-based
 */
export function definitionsOf(
  code: string,
  program: Program,
  scripts: { readonly functions: MagicString | null; readonly body: MagicString },
  place: { readonly line: number; readonly column: number },
): Definitions {
  const defined: Definition[] = [];
  const imported: Imported[] = [];
  const add = (name: string, node: AnyNode, text: string, compiled: string) => {
    const before = code.lastIndexOf('\n', node.start - 1) + 1;
    const indent = node.start - before + (before === 0 ? place.column : 0);
    // Where it stood in its line: its columns stay what they were.
    defined.push({
      name,
      text: ' '.repeat(indent) + text,
      line: place.line + code.slice(0, before).split('\n').length - 1,
      compiled,
    });
  };
  for (const node of program.body.map(declarationIn)) {
    switch (node.type) {
      case 'FunctionDeclaration':
        add(node.id.name, node, code.slice(node.start, node.end), functionText(code, node, scripts.functions));
        break;
      case 'ClassDeclaration':
        add(node.id.name, node, code.slice(node.start, node.end), withoutEnd(scripts.body.slice(node.start, node.end)));
        break;
      case 'VariableDeclaration':
        for (const { name, declarator, init } of functionsIn(node)) {
          const text = `${node.kind} ${code.slice(declarator.start, declarator.end)}`;
          add(name, declarator, text, scripts.body.slice(init.start, init.end));
        }
        imported.push(...node.declarations.flatMap(requiredBy));
        break;
      case 'ImportDeclaration':
        imported.push(...importsOf(node));
        break;
    }
  }
  return { defined, imported };
}

/** As `Functions.script` makes an assignment of it: without its name. */
function functionText(code: string, { start, end, id }: FunctionDeclaration, functions: MagicString | null): string {
  return code.slice(start, id.start).replace(/[ \t]$/, '') + withoutEnd(functions?.slice(id.end, end) ?? '');
}

/** A declaration that was made an assignment has a semicolon. */
function withoutEnd(text: string): string {
  return text.replace(/;$/, '');
}

/** What is exported is defined as well. */
function declarationIn(node: TopLevel): TopLevel {
  if (node.type === 'ExportNamedDeclaration') return node.declaration ?? node;
  if (node.type !== 'ExportDefaultDeclaration') return node;
  const { declaration } = node;
  const named = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration';
  return named && declaration.id ? (declaration as TopLevel) : node;
}

function functionsIn({ declarations }: VariableDeclaration) {
  return declarations.flatMap((declarator) => {
    const { id, init } = declarator;
    const isFunction = init && /^(ArrowFunction|Function|Class)Expression$/.test(init.type);
    return id.type === 'Identifier' && isFunction ? [{ name: id.name, declarator, init }] : [];
  });
}

/** `require('fs')` or `await import('fs')`, whole, a member of it, or taken apart. */
function requiredBy({ id, init }: VariableDeclarator): Imported[] {
  const inner = init?.type === 'MemberExpression' ? init.object : init;
  const module = inner && moduleOf(inner);
  if (!module) return [];
  const member = init?.type === 'MemberExpression' ? nameOf(init.property, init.computed) : null;
  if (id.type === 'Identifier') {
    return inner === init || member !== null ? [{ name: id.name, module, member, required: true }] : [];
  }
  if (id.type !== 'ObjectPattern' || inner !== init) return [];
  return id.properties.flatMap((property) => {
    if (property.type !== 'Property' || property.value.type !== 'Identifier') return [];
    const from = nameOf(property.key, property.computed);
    return from === null ? [] : [{ name: property.value.name, module, member: from, required: true } as const];
  });
}

function nameOf(key: AnyNode, computed: boolean): string | null {
  if (key.type === 'Literal') return typeof key.value === 'string' ? key.value : null;
  return key.type === 'Identifier' && !computed ? key.name : null;
}

function moduleOf(node: AnyNode): string | null {
  const call = node.type === 'AwaitExpression' ? node.argument : node;
  const named =
    call.type === 'CallExpression' && call.callee.type === 'Identifier' && call.callee.name === 'require'
      ? call.arguments[0]
      : call.type === 'ImportExpression' && node !== call
        ? call.source
        : undefined;
  return named?.type === 'Literal' && typeof named.value === 'string' ? named.value : null;
}

function importsOf({ specifiers, source }: ImportDeclaration): Imported[] {
  return specifiers.map((specifier) => ({
    name: specifier.local.name,
    module: String(source.value),
    member: memberOf(specifier),
  }));
}

function memberOf(specifier: ImportDeclaration['specifiers'][number]): string | null {
  if (specifier.type === 'ImportNamespaceSpecifier') return null;
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  return specifier.imported.type === 'Identifier' ? specifier.imported.name : String(specifier.imported.value);
}
