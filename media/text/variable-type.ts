import type { Variable } from '../../backend/protocol/values.ts';

/** A variable's type and size as a program names them, for example `int`, `list (3)`, `ndarray (2 × 3)`. */
export function variableType({ type, length, shape }: Pick<Variable, 'type' | 'length' | 'shape'>): string {
  const size = shape ? shape.join(' × ') : length;
  return size === null ? type : `${type} (${size})`;
}
