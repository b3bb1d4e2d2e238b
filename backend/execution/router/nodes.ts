import type { Function as FunctionNode, Node } from '@babel/types';

/** Visits the direct children of a node, in the order of the text. */
export function forEachChild(node: Node, visit: (child: Node) => void): void {
  // Own properties only, all of them enumerable: making a list of them would take longer than the visits.
  for (const key in node) {
    const value: unknown = node[key as keyof Node];
    if (typeof value !== 'object' || value === null || key === 'loc') continue;
    if (!Array.isArray(value)) {
      if (isNode(value)) visit(value);
      continue;
    }
    for (const item of value) if (isNode(item)) visit(item);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

export function isFunction(node: Node): node is FunctionNode {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassPrivateMethod':
      return true;
    default:
      return false;
  }
}

/** What TypeScript has at run time; everything else of it is types. */
const AT_RUN_TIME = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSModuleDeclaration',
  'TSModuleBlock',
  'TSExportAssignment',
  'TSImportEqualsDeclaration',
]);

export function isTypeOnly(node: Node): boolean {
  if ('declare' in node && node.declare) return true;
  if ('importKind' in node && node.importKind === 'type') return true;
  if ('exportKind' in node && node.exportKind === 'type') return true;
  return node.type.startsWith('TS') && !AT_RUN_TIME.has(node.type);
}
