import { type Expression, type PrivateIdentifier, parseExpressionAt } from 'acorn';

/** The names that an expression consists of, a global first: `a.b["c"][0]` is `a`, `b`, `c`, `0`. Null when it is more than that. */
export function namesIn(expression: string): string[] | null {
  const text = expression.trim();
  try {
    const node = parseExpressionAt(text, 0, { ecmaVersion: 'latest', preserveParens: true });
    // What follows the first expression is not read.
    return node.end === text.length ? chain(node) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function chain(node: Expression): string[] | null {
  const names: string[] = [];
  let current = node;
  while (current.type === 'MemberExpression' && !current.optional && current.object.type !== 'Super') {
    const name = nameOf(current.property, current.computed);
    if (name === null) return null;
    names.unshift(name);
    current = current.object;
  }
  return current.type === 'Identifier' ? [current.name, ...names] : null;
}

function nameOf(property: Expression | PrivateIdentifier, computed: boolean): string | null {
  if (!computed) return property.type === 'Identifier' ? property.name : null;
  if (property.type !== 'Literal') return null;
  return typeof property.value === 'string' || typeof property.value === 'number' ? String(property.value) : null;
}
