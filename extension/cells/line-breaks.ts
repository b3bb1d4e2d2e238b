import type { Node } from '@vscode/tree-sitter-wasm';

const COMPOUND = /_definition$|^(?:if|for|while|try|with|match)_statement$/;
const OPENING = /^[([{]$/;
const CLOSING = /^[)\]}]$/;

/**
 * Whether a Python statement goes over a line break that ends statements. The grammar takes `a =` and the line below it for one
 * statement without a complaint, because it looks for the end of a line only where one may be.
 */
export function crossesLineEnd(statement: Node, lines: readonly string[]): boolean {
  return !COMPOUND.test(statement.type) && crosses(statement, lines);
}

function crosses(node: Node, lines: readonly string[]): boolean {
  let depth = 0;
  let last: Node | undefined;
  for (const child of node.children) {
    if (!child) continue;
    if (depth === 0) {
      if (last && breaksBetween(last.endPosition.row, child.startPosition.row, lines)) return true;
      const { startPosition: from, endPosition: to } = child;
      if (child.type === 'string') {
        if (!isTripleQuoted(child) && breaksBetween(from.row, to.row, lines)) return true;
      } else if (to.row > from.row && crosses(child, lines)) return true;
    }
    if (OPENING.test(child.type)) depth++;
    else if (CLOSING.test(child.type)) depth--;
    last = child;
  }
  return false;
}

function isTripleQuoted(string: Node): boolean {
  return /("""|''')$/.test(string.firstChild?.text ?? '');
}

function breaksBetween(from: number, to: number, lines: readonly string[]): boolean {
  for (let row = from; row < to; row++) if (!lines[row]?.endsWith('\\')) return true;
  return false;
}
