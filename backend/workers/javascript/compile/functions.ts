import type { AnyNode, FunctionDeclaration, MetaProperty } from 'acorn';
import type MagicString from 'magic-string';
import { CellText } from './cell-text.ts';
import type { ConstantTarget } from './constants.ts';

/** What is replaced wherever it stands. */
export interface Edits {
  readonly metas: readonly MetaProperty[];
  readonly constants: readonly ConstantTarget[];
}

/** A cell's function declarations: they become a script of their own, since they exist before the rest of the cell runs. */
export class Functions {
  readonly #nodes: FunctionDeclaration[] = [];

  add(node: FunctionDeclaration): void {
    this.#nodes.push(node);
  }

  /** Whether a node stands in one of them. */
  contain(node: AnyNode): boolean {
    return this.#nodes.some(({ start, end }) => start <= node.start && node.end <= end);
  }

  /** All of them at their own lines and columns, as assignments; everything else blank. Null when there are none. */
  script(code: string, { metas, constants }: Edits, frame: string): MagicString | null {
    if (this.#nodes.length === 0) return null;
    const script = new CellText(code);
    let from = 0;
    for (const node of this.#nodes) {
      script.blank(from, node.start);
      const head = code.slice(node.start, node.id.start);
      // `function f(` and `f=function(` are equally long. The name comes back by inference.
      const assigned = `${node.id.name}=${/[ \t]$/.test(head) ? head.slice(0, -1) : head}`;
      script.text.overwrite(node.start, node.id.end, assigned);
      script.text.appendLeft(node.end, ';');
      from = node.end;
    }
    script.blank(from, code.length);
    for (const meta of metas) if (this.contain(meta)) script.replaceMeta(meta, frame);
    for (const target of constants) if (this.contain(target.node)) script.throwAt(target);
    return script.text;
  }
}
