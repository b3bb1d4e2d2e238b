import type { AnyNode, MetaProperty, Program, VariableDeclaration } from 'acorn';
import { childrenOf, isFunction } from './walk.ts';

/** What the rewriting needs to know of a program beforehand. */
export interface Survey {
  /** `await` outside of functions. */
  readonly awaits: boolean;
  /** Every `import.meta`. */
  readonly metas: readonly MetaProperty[];
  /** How often each identifier occurs. */
  readonly identifiers: ReadonlyMap<string, number>;
  /** `var` in a block, a branch or a loop's head, outside of functions. */
  readonly nestedVars: readonly { readonly node: VariableDeclaration; readonly parent: AnyNode }[];
}

export function survey(program: Program): Survey {
  const metas: MetaProperty[] = [];
  const identifiers = new Map<string, number>();
  const nestedVars: { node: VariableDeclaration; parent: AnyNode }[] = [];
  let awaits = false;
  const visit = (node: AnyNode, inFunction: boolean): void => {
    if (node.type === 'Identifier') identifiers.set(node.name, (identifiers.get(node.name) ?? 0) + 1);
    if (node.type === 'MetaProperty' && node.meta.name === 'import') metas.push(node);
    if (!inFunction && isAwait(node)) awaits = true;
    const inner = inFunction || isFunction(node);
    for (const child of childrenOf(node)) {
      if (!inner && isNestedVar(child, node)) nestedVars.push({ node: child, parent: node });
      visit(child, inner);
    }
  };
  for (const node of program.body) visit(node, false);
  return { awaits, metas, identifiers, nestedVars };
}

function isAwait(node: AnyNode): boolean {
  return (
    node.type === 'AwaitExpression' ||
    (node.type === 'ForOfStatement' && node.await) ||
    (node.type === 'VariableDeclaration' && node.kind === 'await using')
  );
}

function isNestedVar(node: AnyNode, parent: AnyNode): node is VariableDeclaration {
  return node.type === 'VariableDeclaration' && node.kind === 'var' && parent.type !== 'ExportNamedDeclaration';
}

/** How often a name occurs in a node. */
export function occurrences(node: AnyNode, name: string): number {
  let count = node.type === 'Identifier' && node.name === name ? 1 : 0;
  for (const child of childrenOf(node)) count += occurrences(child, name);
  return count;
}
