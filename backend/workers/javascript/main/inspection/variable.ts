import type { Variable } from '../../../../protocol/values.ts';
import { slice } from '../primordials.ts';
import { summarize } from '../summary/summarize.ts';
import type { Property } from './property.ts';

const MAX_NAME = 1000;
const NOTHING = { kind: 'value', length: null, shape: null, expandable: false, tabular: false } as const;

/** A property as the namespace view shows it. */
export function variableOf(name: string, property: Property): Variable {
  const shown = name.length > MAX_NAME ? `${slice(name, 0, MAX_NAME - 1)}…` : name;
  switch (property.kind) {
    case 'value':
      return { name: shown, ...summarize(property.value) };
    case 'getter':
      return { name: shown, type: 'getter', ...NOTHING, preview: '<getter>' };
    case 'uninitialized':
      return { name: shown, type: 'uninitialized', ...NOTHING, preview: '<uninitialized>' };
    case 'missing':
      return { name: shown, type: 'empty', ...NOTHING, preview: '<empty>' };
  }
}
