import { parseExpressionAt } from 'acorn';

/** Whether a variable can be called so, also in a module. */
export function isName(text: string): boolean {
  try {
    const node = parseExpressionAt(text, 0, { ecmaVersion: 'latest', sourceType: 'module', preserveParens: true });
    return node.type === 'Identifier' && node.start === 0 && node.end === text.length;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
