import type { AnyNode, VariableDeclaration } from 'acorn';
import type { CellText } from './cell-text.ts';

/** Makes a declaration of the top level assignments. */
export function assignVariables(body: CellText, node: VariableDeclaration): void {
  assign(body, node, ';0,');
}

/** The same for a `var` in a block, a branch or a loop's head. */
export function assignNestedVar(body: CellText, node: VariableDeclaration, parent: AnyNode): void {
  const inHead =
    (parent.type === 'ForStatement' && parent.init === node) ||
    ((parent.type === 'ForInStatement' || parent.type === 'ForOfStatement') && parent.left === node);
  if (inHead) {
    body.text.overwrite(node.start, node.start + 3, '   ');
    return;
  }
  const inList = parent.type === 'BlockStatement' || parent.type === 'SwitchCase';
  assign(body, node, inList ? ';0,' : ' 0,');
  // A declaration has no completion value; an assignment would have one.
  body.text.appendLeft(node.declarations.at(-1)?.end ?? node.end, ',void 0');
}

/** Blanks the keyword, keeping columns; a pattern needs something before it, or it would be a block. */
function assign({ text }: CellText, node: VariableDeclaration, beforePattern: string): void {
  const isPattern = node.declarations[0]?.id.type !== 'Identifier';
  const { length } = node.kind;
  text.overwrite(node.start, node.start + length, (isPattern ? beforePattern : '').padEnd(length));
  if (node.kind === 'var') return;
  for (const { end, init } of node.declarations) if (!init) text.appendLeft(end, '=void 0');
}
