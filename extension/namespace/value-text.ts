import type { Variable } from '../../backend/protocol/values.ts';
import { variableType } from '../../media/text/variable-type.ts';

/** A value as a hover shows it: its name, type and size, and below that the value. To be put into a code block. */
export function valueText(variable: Variable, full = ''): string {
  const text = full.trim() === '' ? variable.preview : full;
  return `${variable.name}: ${variableType(variable)}\n${text}`;
}
