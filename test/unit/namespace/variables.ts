import type { Variable } from '../../../backend/protocol/values.ts';
import type { KnownVariable } from '../../../extension/client/namespaces.ts';

export function variable(name: string, more: Partial<Variable> = {}): Variable {
  return {
    name,
    type: 'int',
    kind: 'value',
    length: null,
    shape: null,
    preview: '1',
    expandable: false,
    tabular: false,
    ...more,
  };
}

export function known(name: string, more: Partial<Variable> = {}, changedAt = 0): KnownVariable {
  return { variable: variable(name, more), changedAt, executionId: null, mark: null };
}
