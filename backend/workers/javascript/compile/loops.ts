import type { AnyNode, Program, Statement } from 'acorn';
import type MagicString from 'magic-string';
import { childrenOf, isFunction } from './walk.ts';

/** Enters a function: that is where V8's interpreter looks for a termination. Needs no name. */
const CHECK = '(()=>{})();';

/**
 * Makes the cell's own loops that call something end when they are terminated. Without it a loop of long native calls
 * (`JSON.parse`) is noticed only after thousands of bytecodes. What stands in functions stays as it was written.
 */
export function checkLoops(text: MagicString, program: Program): void {
  for (const body of callingBodies(program)) {
    if (body.type === 'BlockStatement') {
      text.appendLeft(body.start + 1, CHECK);
      continue;
    }
    text.appendLeft(body.start, `{${CHECK}`);
    text.prependRight(body.end, '}');
  }
}

/** Without recursion: a sum of thousands of terms is as deep. */
function callingBodies(program: Program): Set<Statement> {
  const found = new Set<Statement>();
  const pending: { readonly node: AnyNode; readonly loops: readonly Statement[] }[] = [{ node: program, loops: [] }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, loops } = next;
    if (node.type === 'CallExpression' || node.type === 'NewExpression') for (const body of loops) found.add(body);
    const inside = isLoop(node) ? [...loops, node.body] : loops;
    for (const child of childrenOf(node)) if (!isFunction(child)) pending.push({ node: child, loops: inside });
  }
  return found;
}

function isLoop(
  node: AnyNode,
): node is Extract<AnyNode, { type: `${'For' | 'While' | 'DoWhile' | 'ForIn' | 'ForOf'}Statement` }> {
  return /^(For|While|DoWhile|ForIn|ForOf)Statement$/.test(node.type);
}
