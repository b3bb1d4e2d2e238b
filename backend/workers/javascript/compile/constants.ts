import type { AnyNode, Identifier, Pattern, Program } from 'acorn';
import { constantsOf } from './top-level.ts';
import { childrenOf, isFunction, namesOf } from './walk.ts';

/** An assignment to a name that its own cell declares as a constant. */
export interface ConstantTarget {
  readonly node: Identifier;
  /** `{ x }` in a pattern: the name is the property, too. */
  readonly shorthand: boolean;
}

/**
 * Finds what the language forbids: constants become plain globals, so that later cells can declare them again, and the engine does
 * not see these any more.
 */
export function constantTargets(program: Program): ConstantTarget[] {
  const constants = new Set(program.body.flatMap(constantsOf));
  if (constants.size === 0) return [];
  const targets: ConstantTarget[] = [];
  const visit = (node: AnyNode, outer: ReadonlySet<string>): void => {
    const own = declaredIn(node).filter((name) => outer.has(name));
    const visible = own.length === 0 ? outer : new Set([...outer].filter((name) => !own.includes(name)));
    for (const target of assigned(node)) if (visible.has(target.node.name)) targets.push(target);
    for (const child of childrenOf(node)) visit(child, visible);
  };
  for (const node of program.body) visit(node, constants);
  return targets;
}

/** The names that a node assigns to, if it is an assignment. */
function assigned(node: AnyNode): ConstantTarget[] {
  switch (node.type) {
    case 'AssignmentExpression':
      return targetsIn(node.left);
    case 'UpdateExpression':
      return targetsIn(node.argument as Pattern);
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.left.type === 'VariableDeclaration' ? [] : targetsIn(node.left);
    default:
      return [];
  }
}

function targetsIn(pattern: Pattern, shorthand = false): ConstantTarget[] {
  switch (pattern.type) {
    case 'Identifier':
      return [{ node: pattern, shorthand }];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'Property' ? targetsIn(property.value, property.shorthand) : targetsIn(property.argument),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? targetsIn(element) : []));
    case 'AssignmentPattern':
      return targetsIn(pattern.left, shorthand);
    case 'RestElement':
      return targetsIn(pattern.argument);
    default:
      return [];
  }
}

/** The names that a scope declares for itself. */
function declaredIn(node: AnyNode): string[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      const own = node.type === 'FunctionExpression' && node.id ? [node.id.name] : [];
      return [...own, ...node.params.flatMap(namesOf), ...varsIn(node.body)];
    }
    case 'ClassExpression':
      return node.id ? [node.id.name] : [];
    case 'BlockStatement':
    case 'StaticBlock':
      return node.body.flatMap(lexicalNames);
    case 'SwitchStatement':
      return node.cases.flatMap(({ consequent }) => consequent.flatMap(lexicalNames));
    case 'ForStatement':
      return node.init ? lexicalNames(node.init) : [];
    case 'ForInStatement':
    case 'ForOfStatement':
      return lexicalNames(node.left);
    case 'CatchClause':
      return node.param ? namesOf(node.param) : [];
    default:
      return [];
  }
}

function lexicalNames(node: AnyNode): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap(({ id }) => namesOf(id));
  return (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id ? [node.id.name] : [];
}

function varsIn(node: AnyNode): string[] {
  if (node.type === 'VariableDeclaration' && node.kind === 'var') return lexicalNames(node);
  const names: string[] = [];
  for (const child of childrenOf(node)) if (!isFunction(child)) names.push(...varsIn(child));
  return names;
}
