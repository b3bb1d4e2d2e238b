import type { Definition, Imported } from '../../shared/checkpoint.ts';
import type { CellContext, CompiledCell } from '../../shared/messages.ts';
import { functionToString, getOwnPropertyDescriptor, mapGet, mapSet, NativeMap, sameValue } from '../primordials.ts';

/** Where the value of a variable came from: it can be made again from there. */
export type Origin = { readonly value: unknown; readonly path: string | null; readonly file: string } & (
  | { readonly kind: 'definition'; readonly definition: Definition }
  | { readonly kind: 'import'; readonly imported: Imported }
);

type Before = readonly unknown[];

/** Remembers which text or module gave which variable its value. */
export class Definitions {
  readonly #origins = new NativeMap<string, Origin>();

  /** @returns what `ended` needs: the values of the names that the cell will define. */
  begin({ definitions: { defined, imported } }: CompiledCell): Before {
    const values: unknown[] = [];
    for (let i = 0; i < defined.length; i++) values[i] = current((defined[i] as Definition).name);
    for (let i = 0; i < imported.length; i++) values[defined.length + i] = current((imported[i] as Imported).name);
    return values;
  }

  /** A name that has another value now got it from the cell, whether that succeeded or not. */
  ended({ cell, path }: Pick<CellContext, 'cell' | 'path'>, before: Before): void {
    const { defined, imported } = cell.definitions;
    const file = cell.filename;
    for (let i = 0; i < defined.length; i++) {
      const definition = defined[i] as Definition;
      const value = current(definition.name);
      if (sameValue(value, before[i]) || !isMadeBy(definition, value)) continue;
      mapSet(this.#origins, definition.name, { kind: 'definition', value, path, file, definition });
    }
    for (let i = 0; i < imported.length; i++) {
      const one = imported[i] as Imported;
      const value = current(one.name);
      if (sameValue(value, before[defined.length + i])) continue;
      mapSet(this.#origins, one.name, { kind: 'import', value, path, file, imported: one });
    }
  }

  /** Undefined when the variable has got another value since. */
  of(name: string, value: unknown): Origin | undefined {
    const origin = mapGet(this.#origins, name);
    return origin && sameValue(origin.value, value) ? origin : undefined;
  }
}

/** The cell may have given the name something else behind the definition. */
function isMadeBy({ compiled }: Definition, value: unknown): boolean {
  return typeof value === 'function' && functionToString(value) === compiled;
}

function current(name: string): unknown {
  return getOwnPropertyDescriptor(globalThis, name)?.value;
}
