import type { ModuleDeclaration, Statement } from 'acorn';
import { namesOf } from './walk.ts';

/** A statement of a program's body. */
export type TopLevel = Statement | ModuleDeclaration;

/** Declares names and has no value. */
export function isDeclaration(node: TopLevel): boolean {
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
export function isBareVar(node: TopLevel): boolean {
  return node.type === 'VariableDeclaration' && node.kind === 'var' && node.declarations.every(({ init }) => !init);
}

/** Nothing runs here that could see whether an import has been done. */
export function isInert(node: TopLevel): boolean {
  return (
    node.type === 'ImportDeclaration' ||
    node.type === 'FunctionDeclaration' ||
    node.type === 'EmptyStatement' ||
    ('directive' in node && node.directive !== undefined)
  );
}

/** The names that a statement of the top level makes constant: `const`, imports. */
export function constantsOf(node: TopLevel): string[] {
  if (node.type === 'ImportDeclaration') return node.specifiers.map(({ local }) => local.name);
  const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
  if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') return [];
  return declaration.declarations.flatMap(({ id }) => namesOf(id));
}
