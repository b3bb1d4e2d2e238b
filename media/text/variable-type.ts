import type { Variable } from '../../backend/protocol/values.ts';

/** A variable's type and size as a program names them, for example `int`, `list (3)`, `ndarray (2 × 3)`. */
export function variableType({ type, length, shape }: Pick<Variable, 'type' | 'length' | 'shape'>): string {
  const size = shape ? shape.join(' × ') : length;
  return size === null ? type : `${type} (${size})`;
}

/** A variable's preview without the shape that its type says already: `float64` for an `ndarray (2 × 3)`. */
export function previewBesideType({ preview, shape }: Pick<Variable, 'preview' | 'shape'>): string {
  const size = shape?.join(' × ');
  if (size === undefined || !`${preview} `.startsWith(`${size} `)) return preview;
  return preview.slice(size.length).trimStart();
}
