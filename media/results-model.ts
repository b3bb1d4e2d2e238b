import type { NamespacePart, OutputPart, ResultItem, TextSegment, ToPage } from './protocol.ts';
import type { PageWords } from './words.ts';

export interface Output {
  readonly head: readonly TextSegment[];
  readonly cut: number;
  readonly tail: readonly TextSegment[];
}

export interface ResultsModel {
  readonly words: PageWords | undefined;
  readonly host: 'panel' | 'editor';
  /** Oldest first. A new object for an item that changed, the same one for the others: only what changed is drawn. */
  readonly items: readonly ResultItem[];
  readonly outputs: ReadonlyMap<string, Output>;
  readonly namespaces: readonly NamespacePart[];
}

export const EMPTY_MODEL: ResultsModel = {
  words: undefined,
  host: 'panel',
  items: [],
  outputs: new Map(),
  namespaces: [],
};

/** The model after a message of the extension. */
export function update(model: ResultsModel, message: ToPage): ResultsModel {
  switch (message.type) {
    case 'reset': {
      const { words, host, items, namespaces } = message;
      return { words, host, items, outputs: new Map(), namespaces };
    }
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
    case 'content':
    case 'children':
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
  for (const { id, head, cut, tail } of parts) {
    const before = next.get(id)?.head ?? [];
    next.set(id, { head: head.length === 0 ? before : joined(before, head), cut, tail });
  }
  return next;
}

/** Text of one stream stays one segment, however many pieces it comes in. */
function joined(before: readonly TextSegment[], added: readonly TextSegment[]): TextSegment[] {
  const all = [...before];
  for (const segment of added) {
    const last = all.at(-1);
    if (last?.stream === segment.stream) all[all.length - 1] = { ...last, text: last.text + segment.text };
    else all.push(segment);
  }
  return all;
}
