import type { ImportDeclaration, Node } from '@babel/types';
import { memberOf, moduleOf } from './calls.ts';
import { meaningOf, pathOf, textOf, unwrapped } from './resolve.ts';
import type { Meaning, Scope } from './scope.ts';

type Give = (name: string, meaning: Meaning) => void;

/** Gives the names of a pattern the meaning of a value. @param give declares or assigns one. */
export function bind(pattern: Node, value: Node | null | undefined, scope: Scope, give: Give): void {
  if (pattern.type === 'ArrayPattern') {
    const items = value ? itemsOf(unwrapped(value), scope) : [];
    for (const [index, element] of pattern.elements.entries()) {
      if (element) bind(element, items[index], scope, give);
    }
    return;
  }
  bindMeaning(pattern, meaningOf(value, scope), scope, give);
}

function bindMeaning(pattern: Node, meaning: Meaning, scope: Scope, give: Give): void {
  switch (pattern.type) {
    case 'Identifier':
      give(pattern.name, meaning);
      return;
    case 'AssignmentPattern':
      bindMeaning(pattern.left, meaning ?? meaningOf(pattern.right, scope), scope, give);
      return;
    case 'RestElement':
      bindMeaning(pattern.argument, meaning, scope, give);
      return;
    case 'TSParameterProperty':
      bindMeaning(pattern.parameter, meaning, scope, give);
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) bindMeaning(element, null, scope, give);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') bindMeaning(property.argument, meaning, scope, give);
        else bindMeaning(property.value, memberMeaning(meaning, property), scope, give);
      }
  }
}

function memberMeaning(meaning: Meaning, property: { computed?: boolean; key: Node }): Meaning {
  if (meaning?.kind !== 'path') return null;
  const { key } = property;
  const name = key.type === 'Identifier' && !property.computed ? key.name : textOf(key);
  const path = name === null ? null : memberOf(meaning.path, name);
  return path && { kind: 'path', path };
}

/** The items of an array that is written in the code, awaited together or not: `await Promise.all([import('fs')])`. */
function itemsOf(value: Node, scope: Scope): readonly (Node | null)[] {
  if (value.type === 'ArrayExpression') return value.elements;
  if (value.type !== 'AwaitExpression') return [];
  const { argument } = value;
  if (argument.type !== 'CallExpression') return [];
  if (pathOf(argument.callee, scope)?.join('.') !== '.Promise.all') return [];
  const [list] = argument.arguments;
  if (list?.type !== 'ArrayExpression') return [];
  return list.elements.map((item) => item && ({ type: 'AwaitExpression', argument: item } as Node));
}

/** The names of a static import. */
export function bindImport({ source, specifiers }: ImportDeclaration, scope: Scope): void {
  const module = moduleOf(source.value);
  for (const specifier of specifiers) {
    let path = module;
    if (module && specifier.type === 'ImportSpecifier') {
      const { imported } = specifier;
      path = memberOf(module, imported.type === 'Identifier' ? imported.name : imported.value);
    }
    scope.declare(specifier.local.name, path && { kind: 'path', path });
  }
}
