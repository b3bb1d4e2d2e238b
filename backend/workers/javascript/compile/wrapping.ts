import type { Shape } from '../shared/messages.ts';

/** Names that the script does not use. */
export interface WrapperNames {
  /** The parameter. */
  readonly frame: string;
  readonly error: string;
}

/**
 * What stands before and after a script of a shape.
 * @param directive `"use strict";` or nothing. A plain script has it in its own text.
 */
export function wrapping(
  shape: Shape,
  { frame, error }: WrapperNames,
  directive: string,
): [prefix: string, suffix: string] {
  switch (shape) {
    case 'plain':
      return ['', ''];
    case 'wrapped':
      return [`(${frame}=>{${directive}`, '\n})'];
    case 'async':
      return [`(async ${frame}=>{${directive}try{`, `\n;${frame}.done()}catch(${error}){${frame}.fail(${error})}})`];
  }
}
