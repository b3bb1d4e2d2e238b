import path from 'node:path';
import type { Source } from '../../../protocol/values.ts';

/** A cell's name in stack traces, from which Node also resolves what it imports: so it stands in the folder of the cell's file. */
export function scriptName({ name, path: file }: Source): string {
  return file === null || path.isAbsolute(name) ? name : file;
}
