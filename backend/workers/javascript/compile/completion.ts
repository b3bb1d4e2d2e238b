import type { Statement } from 'acorn';
import type MagicString from 'magic-string';
import { isDeclaration, type TopLevel } from './top-level.ts';

/** Stores the value of a cell, which is that of its last statement, in a variable. */
export function storeValue(text: MagicString, last: TopLevel | undefined, target: string): void {
  if (last?.type === 'ExportDefaultDeclaration') {
    const { type, start, end } = last.declaration;
    if (/^(Function|Class)Declaration$/.test(type)) return;
    text.appendLeft(start, `${target}=(`);
    text.prependRight(end, ')');
    return;
  }
  if (last && !isDeclaration(last)) storeCompletion(text, last as Statement, target);
}

/**
 * Stores the completion value of a statement (ECMA-262 §14, as a script or `eval` has it) in a variable: the value of an
 * expression statement in its tail.
 */
function storeCompletion(text: MagicString, statement: Statement | undefined, target: string): void {
  if (!statement) return;
  const last = (body: readonly Statement[]) => storeCompletion(text, lastWithValue(body), target);
  switch (statement.type) {
    case 'ExpressionStatement':
      text.appendLeft(statement.start, `${target}=(`);
      text.prependRight(statement.expression.end, ')');
      return;
    case 'BlockStatement':
      last(statement.body);
      return;
    case 'IfStatement':
      storeCompletion(text, statement.consequent, target);
      storeCompletion(text, statement.alternate ?? undefined, target);
      return;
    case 'TryStatement':
      last(statement.block.body);
      if (statement.handler) last(statement.handler.body.body);
      return;
    case 'SwitchStatement':
      for (const branch of statement.cases) last(branch.consequent);
      return;
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
    case 'WithStatement':
      storeCompletion(text, statement.body, target);
      return;
    default:
      return;
  }
}

/** Declarations, `break` and empty statements leave the value of what stands before them. */
function lastWithValue(body: readonly Statement[]): Statement | undefined {
  return body.findLast((statement) => {
    switch (statement.type) {
      case 'VariableDeclaration':
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
      case 'EmptyStatement':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'DebuggerStatement':
        return false;
      default:
        return true;
    }
  });
}
