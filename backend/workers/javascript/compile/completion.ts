import type { AnyNode, Statement } from 'acorn';
import type MagicString from 'magic-string';
import { isDeclaration, type TopLevel } from './top-level.ts';
import { childrenOf, isFunction } from './walk.ts';

/** Stores the value of a cell, which is that of its last statement, in a variable. */
export function storeValue(text: MagicString, last: TopLevel | undefined, target: string): void {
  if (last?.type === 'ExportDefaultDeclaration') {
    const { type, start, end } = last.declaration;
    if (/^(Function|Class)Declaration$/.test(type)) return;
    text.appendLeft(start, `${target}=(`);
    text.prependRight(end, ')');
    return;
  }
  if (last && !isDeclaration(last)) storeCompletion(text, last as Statement, target, true);
}

/**
 * Stores the completion value of a statement (ECMA-262 §14, as a script or `eval` has it) in a variable: that of the last expression
 * statement that ran, but `undefined` from the beginning of a statement that has a value even when nothing in it does.
 *
 * @param inList other statements may stand beside it.
 */
function storeCompletion(text: MagicString, statement: Statement, target: string, inList = false): void {
  const inner = (body: Statement | null | undefined) => {
    if (body) storeCompletion(text, body, target);
  };
  switch (statement.type) {
    case 'ExpressionStatement':
      text.appendLeft(statement.start, `${target}=(`);
      text.appendLeft(statement.expression.end, ')');
      return;
    case 'BlockStatement':
      storeList(text, statement.body, target);
      return;
    case 'LabeledStatement':
      // Nothing may stand between a label and its loop.
      if (!hasOwnValue(unlabelled(statement))) inner(statement.body);
      else storeOwn(text, statement, unlabelled(statement), target, inList);
      return;
    default:
      if (hasOwnValue(statement)) storeOwn(text, statement, statement, target, inList);
  }
}

/** A list's value is that of its last statement that has one, or of an earlier one if the list is left before. */
function storeList(text: MagicString, body: readonly Statement[], target: string): void {
  const last = body.findLast(hasValue);
  if (!last) return;
  const jumps = body.some(canJump);
  for (const statement of body)
    if (statement === last || (jumps && hasValue(statement))) {
      storeCompletion(text, statement, target, true);
    }
}

/** @param statement the same as `whole`, without its labels. */
function storeOwn(text: MagicString, whole: Statement, statement: Statement, target: string, inList: boolean): void {
  const reset = `${target}=void 0;`;
  text.appendLeft(whole.start, inList ? reset : `{${reset}`);
  const inner = (body: Statement) => storeCompletion(text, body, target);
  switch (statement.type) {
    case 'IfStatement':
      inner(statement.consequent);
      if (statement.alternate) inner(statement.alternate);
      break;
    case 'TryStatement':
      storeList(text, statement.block.body, target);
      // What `finally` gives does not count.
      if (statement.handler) {
        const { body } = statement.handler;
        text.appendLeft(body.start + 1, reset);
        storeList(text, body.body, target);
      }
      break;
    case 'SwitchStatement':
      // Any of them may be the last one to run.
      for (const { consequent } of statement.cases) {
        for (const item of consequent) if (hasValue(item)) storeCompletion(text, item, target, true);
      }
      break;
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'WithStatement':
      inner(statement.body);
  }
  if (!inList) text.appendLeft(whole.end, '}');
}

/** Has a value even when nothing in it has one: `undefined`. */
function hasOwnValue(statement: Statement): boolean {
  switch (statement.type) {
    case 'IfStatement':
    case 'TryStatement':
    case 'SwitchStatement':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'WithStatement':
      return true;
    default:
      return false;
  }
}

function unlabelled(statement: Statement): Statement {
  return statement.type === 'LabeledStatement' ? unlabelled(statement.body) : statement;
}

/** Declarations, jumps and empty statements leave the value of what stands before them. */
function hasValue(statement: Statement): boolean {
  switch (statement.type) {
    case 'ExpressionStatement':
      return true;
    case 'BlockStatement':
      return statement.body.some(hasValue);
    case 'LabeledStatement':
      return hasValue(statement.body);
    default:
      return hasOwnValue(statement);
  }
}

/** It may leave the list it stands in. */
function canJump(node: AnyNode): boolean {
  if (node.type === 'BreakStatement' || node.type === 'ContinueStatement') return true;
  for (const child of childrenOf(node)) if (!isFunction(child) && canJump(child)) return true;
  return false;
}
