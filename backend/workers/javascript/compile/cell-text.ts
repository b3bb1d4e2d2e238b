import type { AnyNode } from 'acorn';
import MagicString from 'magic-string';
import { CONSTANTS } from '../shared/constants-name.ts';
import type { ConstantTarget } from './constants.ts';

/** The text of a script that is made of a cell: whatever is changed, the rest keeps its line, and its column where it can. */
export class CellText {
  readonly code: string;
  readonly text: MagicString;

  constructor(code: string) {
    this.code = code;
    this.text = new MagicString(code);
  }

  /** Puts code in place of a node; what follows stays on its line. */
  replace({ start, end }: AnyNode, code: string): void {
    const lineEnds = this.code.slice(start, end).match(/\r\n|[\n\r\u2028\u2029]/g) ?? [];
    this.text.overwrite(start, end, code + lineEnds.join(''));
  }

  /** Line by line, so that what follows is known to be where it was. */
  blank(start: number, end: number): void {
    for (const { 0: run, index } of this.code.slice(start, end).matchAll(/[^\n\r\u2028\u2029]+/g)) {
      this.text.overwrite(start + index, start + index + run.length, ' '.repeat(run.length));
    }
  }

  /** An assignment to a constant goes through the engine's object, which throws. Behind all that others put before the name. */
  throwAt({ node, shorthand }: ConstantTarget): void {
    this.text.prependRight(node.start, `${shorthand ? `${node.name}:` : ''}${CONSTANTS}.`);
  }

  /** `import.meta` becomes a property of the parameter of the wrapped script. */
  replaceMeta({ start, end }: AnyNode, frame: string): void {
    const width = this.code.slice(start, end).includes('\n') ? 0 : end - start;
    this.text.overwrite(start, end, `${frame}.meta`.padEnd(width));
  }
}

/** A name that does not occur in the code. */
export function freeName(name: string, code: string): string {
  let free = name;
  while (code.includes(free)) free += '$';
  return free;
}
