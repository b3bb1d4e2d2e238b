import type { Expression, Node, PrivateName } from '@babel/types';
import { memberOf, moduleOf, type Path, resultOf } from './calls.ts';
import type { Meaning, Scope } from './scope.ts';

/** What an expression stands for; null: nothing that matters here. */
export function meaningOf(node: Node | null | undefined, scope: Scope): Meaning {
  if (!node) return null;
  const inner = unwrapped(node);
  if (inner.type === 'Identifier') return scope.get(inner.name);
  if (inner.type === 'FunctionExpression' || inner.type === 'ArrowFunctionExpression') {
    return { kind: 'function', node: inner, scope };
  }
  const path = pathOf(inner, scope);
  return path && { kind: 'path', path };
}

export function pathOf(node: Node, scope: Scope): Path | null {
  const inner = unwrapped(node);
  switch (inner.type) {
    case 'Identifier': {
      const meaning = scope.get(inner.name);
      return meaning?.kind === 'path' ? meaning.path : null;
    }
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const object = pathOf(inner.object, scope);
      const name = memberName(inner);
      return object && name !== null ? memberOf(object, name) : null;
    }
    case 'CallExpression':
    case 'OptionalCallExpression':
    case 'NewExpression': {
      const callee = pathOf(inner.callee, scope);
      return callee && resultOf(callee, textOf(inner.arguments[0]));
    }
    case 'AwaitExpression': {
      const { argument } = inner;
      if (argument.type !== 'ImportExpression') return pathOf(argument, scope);
      const specifier = textOf(argument.source);
      return specifier === null ? null : moduleOf(specifier);
    }
    case 'AssignmentExpression':
      return inner.operator === '=' ? pathOf(inner.right, scope) : null;
    case 'SequenceExpression':
      return pathOf(inner.expressions.at(-1) as Expression, scope);
    case 'ConditionalExpression':
      return pathOf(inner.consequent, scope) ?? pathOf(inner.alternate, scope);
    case 'LogicalExpression':
      return pathOf(inner.left, scope) ?? pathOf(inner.right, scope);
    default:
      return null;
  }
}

/** Without parentheses and types. */
export function unwrapped(node: Node): Node {
  let inner = node;
  for (;;) {
    switch (inner.type) {
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'TSInstantiationExpression':
        inner = inner.expression;
        break;
      default:
        return inner;
    }
  }
}

interface Member {
  readonly computed: boolean;
  readonly property: Expression | PrivateName;
}

/** Null when it is computed at run time. */
export function memberName({ computed, property }: Member): string | null {
  if (!computed) return property.type === 'Identifier' ? property.name : null;
  return textOf(property);
}

/** The text of a string that is written in the code. */
export function textOf(node: Node | undefined): string | null {
  if (node?.type === 'StringLiteral') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return null;
}
