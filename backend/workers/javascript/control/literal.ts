import { type ArrayExpression, type Expression, type ObjectExpression, type Property, parseExpressionAt } from 'acorn';
import { Refused } from './refusal.ts';

const CONSTANTS = new Map<string, unknown>([
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
]);

/** The value of a literal, found without running anything. @throws Refused */
export function literalOf(text: string): unknown {
  const literal = text.trim();
  let node: Expression;
  try {
    node = parseExpressionAt(literal, 0, { ecmaVersion: 'latest' });
  } catch (error) {
    // A nested literal may be too deep for the parser.
    if (error instanceof SyntaxError || error instanceof RangeError) throw notLiteral(literal);
    throw error;
  }
  if (literal.slice(node.end).trim() !== '') throw notLiteral(literal);
  return literalValue(node, literal);
}

function literalValue(node: Expression, text: string): unknown {
  switch (node.type) {
    case 'Literal':
      if ('regex' in node && node.regex) break;
      return typeof node.bigint === 'string' ? BigInt(node.bigint) : node.value;
    case 'TemplateLiteral':
      if (node.expressions.length > 0) break;
      return node.quasis[0]?.value.cooked;
    case 'Identifier':
      if (!CONSTANTS.has(node.name)) break;
      return CONSTANTS.get(node.name);
    case 'UnaryExpression': {
      const value = literalValue(node.argument, text);
      if (node.operator === '-' && typeof value === 'bigint') return -value;
      if (typeof value !== 'number') break;
      if (node.operator === '-') return -value;
      if (node.operator === '+') return value;
      break;
    }
    case 'ArrayExpression':
      return itemsOf(node, text);
    case 'ObjectExpression':
      return propertiesOf(node, text);
  }
  throw notLiteral(text);
}

function itemsOf({ elements }: ArrayExpression, text: string): unknown[] {
  return elements.map((element) => {
    if (!element || element.type === 'SpreadElement') throw notLiteral(text);
    return literalValue(element, text);
  });
}

function propertiesOf({ properties }: ObjectExpression, text: string): object {
  const entries = properties.map((property): [string, unknown] => {
    if (property.type !== 'Property' || property.kind !== 'init' || property.computed || property.method) {
      throw notLiteral(text);
    }
    return [keyOf(property, text), literalValue(property.value, text)];
  });
  return Object.fromEntries(entries);
}

function keyOf({ key }: Property, text: string): string {
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : null;
  // In a literal it would set the prototype.
  if (name === null || name === '__proto__') throw notLiteral(text);
  return name;
}

function notLiteral(text: string): Refused {
  const shown = text.length > 100 ? `${text.slice(0, 99)}…` : text;
  return new Refused(
    `“${shown}” is not a literal. Enter a number, a text in quotes, true, false, null, undefined, or a list or an object of these; to run code, run a cell.`,
  );
}
