import type { NamespacePart, OutputPart, PageWords, ResultItem, TextSegment, ToPage } from './protocol.ts';

export interface Output {
  readonly head: readonly TextSegment[];
  readonly cut: number;
  readonly tail: readonly TextSegment[];
}

export interface ResultsModel {
  readonly words: PageWords | undefined;
  /** Oldest first. A new object for an item that changed, the same one for the others: only what changed is drawn. */
  readonly items: readonly ResultItem[];
  readonly outputs: ReadonlyMap<string, Output>;
  readonly namespaces: readonly NamespacePart[];
}

export const EMPTY_MODEL: ResultsModel = { words: undefined, items: [], outputs: new Map(), namespaces: [] };

const NO_OUTPUT: Output = { head: [], cut: 0, tail: [] };

/** The model after a message of the extension. */
export function update(model: ResultsModel, message: ToPage): ResultsModel {
  switch (message.type) {
    case 'reset':
      return { words: message.words, items: message.items, outputs: new Map(), namespaces: message.namespaces };
    case 'items':
      return { ...model, items: merge(model.items, message.items) };
    case 'output':
      return { ...model, outputs: withParts(model.outputs, message.parts) };
    case 'removed': {
      const gone = new Set(message.ids);
      const outputs = new Map([...model.outputs].filter(([id]) => !gone.has(id)));
      return { ...model, items: model.items.filter(({ id }) => !gone.has(id)), outputs };
    }
    case 'namespaces':
      return { ...model, namespaces: message.namespaces };
    case 'reveal':
      return model;
  }
}

function merge(known: readonly ResultItem[], changed: readonly ResultItem[]): ResultItem[] {
  const byId = new Map(changed.map((item) => [item.id, item]));
  const merged = known.map((item) => {
    const newer = byId.get(item.id);
    byId.delete(item.id);
    return newer ?? item;
  });
  return [...merged, ...byId.values()];
}

function withParts(outputs: ReadonlyMap<string, Output>, parts: readonly OutputPart[]): Map<string, Output> {
  const next = new Map(outputs);
  for (const { id, replace, head, cut, tail } of parts) {
    const before = replace ? NO_OUTPUT : (next.get(id) ?? NO_OUTPUT);
    next.set(id, { head: [...before.head, ...head], cut, tail });
  }
  return next;
}
