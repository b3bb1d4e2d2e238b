import type { Node, Tree } from '@vscode/tree-sitter-wasm';
import type { LanguageId } from '../../backend/workers/language.ts';
import { crossesLineEnd } from './line-breaks.ts';
import { type LineRange, mergeSharedLines } from './line-range.ts';

/** No statements of their own, wherever they stand. */
const ASIDE = new Set(['comment', 'html_comment', 'hash_bang_line']);

/** The outermost statements of a text, in whole lines. Undefined when the text is not one that parses. */
export function treeStatements(tree: Tree, lines: readonly string[], language: LanguageId): LineRange[] | undefined {
  if (tree.rootNode.hasError) return undefined;
  const nodes = outermost(tree.rootNode);
  if (language === 'python' && nodes.some((node) => crossesLineEnd(node, lines))) return undefined;
  return mergeSharedLines(withOverloads(nodes));
}

/** Those that are whole, of a text that does not parse; pieces of broken ones may be among them. */
export function wholeNodes(tree: Tree, lines: readonly string[], language: LanguageId): LineRange[] {
  const found: Node[] = [];
  const collect = (node: Node) => {
    for (const child of outermost(node)) {
      if (child.isError) collect(child);
      else if (!child.isNamed || child.hasError || child.isMissing) continue;
      else if (language !== 'python' || !crossesLineEnd(child, lines)) found.push(child);
    }
  };
  collect(tree.rootNode);
  return withOverloads(found);
}

function outermost(root: Node): Node[] {
  return root.children.filter((child): child is Node => child !== null && !ASIDE.has(child.type));
}

/** The signatures of an overloaded function go with what comes behind them, up to its body. */
function withOverloads(nodes: readonly Node[]): LineRange[] {
  const ranges: LineRange[] = [];
  let signature: { readonly name: string; readonly start: number } | undefined;
  for (const node of nodes) {
    const range = linesOf(node);
    const { name, body } = functionOf(node);
    const start = signature !== undefined && signature.name === name ? signature.start : range.start;
    if (signature !== undefined && start !== range.start) ranges.pop();
    ranges.push({ start, end: range.end });
    signature = name !== undefined && !body ? { name, start } : undefined;
  }
  return ranges;
}

function functionOf(node: Node): { name?: string; body: boolean } {
  const declared = node.type === 'export_statement' ? (node.childForFieldName('declaration') ?? node) : node;
  const body = declared.type !== 'function_signature';
  if (body && !declared.type.endsWith('function_declaration')) return { body };
  const name = declared.childForFieldName('name')?.text;
  return name === undefined ? { body } : { name, body };
}

function linesOf(node: Node): LineRange {
  const start = node.startPosition.row;
  const { row, column } = lastOfCode(node).endPosition;
  // A node that takes its line break along ends at the beginning of the next line.
  return { start, end: Math.max(start, column === 0 ? row - 1 : row) };
}

/**
 * What a statement ends with: not the comments at the end of its body, nor a semicolon at the beginning of a later line, which is
 * there to keep that line apart.
 */
function lastOfCode(node: Node): Node {
  let last = node;
  for (let child = last.lastChild; child; child = last.lastChild) {
    const before = child.previousSibling;
    const aside =
      ASIDE.has(child.type) || (child.type === ';' && before && child.startPosition.row > before.endPosition.row);
    let code: Node | null = aside ? before : child;
    while (code && ASIDE.has(code.type)) code = code.previousSibling;
    if (!code) break;
    last = code;
  }
  return last;
}
