import { functionToString, slice, startsWith } from '../primordials.ts';
import { dataOf, type Facts, MAX_TYPE, typeName } from './facts.ts';
import { line } from './line.ts';
import { isExpandable } from './structure.ts';

/** A function's text may be megabytes; its head tells what it is. */
const HEAD = 60;

/** Functions and classes. */
export function describeFunction(value: object): Facts {
  const source = functionToString(value as never) as string;
  const isClass = startsWith(source, 'class');
  const name = dataOf(value, 'name');
  const label = typeof name === 'string' && name !== '' ? name : '(anonymous)';
  return {
    type: isClass ? 'class' : slice(typeName(value), 0, MAX_TYPE),
    kind: isClass ? 'class' : 'function',
    length: null,
    shape: null,
    expandable: isExpandable(value, ''),
    tabular: false,
    preview: line(
      isClass ? `class ${label}` : `${startsWith(source, 'async') ? 'async ' : ''}ƒ ${label}${parameters(source)}`,
    ),
  };
}

/** `(a, b)` of a function's source when it can be told at a glance. */
function parameters(source: string): string {
  const head = slice(source, 0, HEAD);
  for (let open = 0; open < head.length; open++) {
    if (head[open] !== '(') continue;
    for (let close = open; close < head.length; close++) if (head[close] === ')') return slice(head, open, close + 1);
    break;
  }
  return '()';
}
