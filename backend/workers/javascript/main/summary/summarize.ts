import { types } from 'node:util';
import type { ValueFacts } from '../../../../protocol/values.ts';
import { slice } from '../primordials.ts';
import { type Facts, lengthOf, MAX_TYPE, typeName } from './facts.ts';
import { describeFunction } from './functions.ts';
import { line } from './line.ts';
import { preview } from './preview.ts';
import { isExpandable, isTabular } from './structure.ts';

// Taken before user code can replace them.
const { isProxy, isModuleNamespaceObject } = types;

/** What is told of a cell's value beside it. Runs no user code either. */
export function factsOf(value: unknown): ValueFacts {
  return { type: slice(typeName(value), 0, MAX_TYPE), length: lengthOf(value), shape: null };
}

/** What the namespace view shows of a value. Runs no user code: no getter, no proxy trap, no `toString`. */
export function summarize(value: unknown): Facts {
  if (typeof value === 'function' && !isProxy(value)) return describeFunction(value);
  const text = preview(value, 0);
  return {
    type: slice(typeName(value), 0, MAX_TYPE),
    kind: typeof value === 'object' && value !== null && isModuleNamespaceObject(value) ? 'module' : 'value',
    length: lengthOf(value),
    shape: null,
    expandable: isExpandable(value, text),
    tabular: isTabular(value),
    preview: line(text),
  };
}
