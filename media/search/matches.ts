import type { ResultItem } from '../protocol.ts';
import type { Output } from '../results-model.ts';

/** The items that contain a query in what the page has of them; all of them for an empty one. Upper and lower case are the same. */
export function matching(
  items: readonly ResultItem[],
  outputs: ReadonlyMap<string, Output>,
  query: string,
): readonly ResultItem[] {
  const wanted = query.toLowerCase();
  if (wanted === '') return items;
  return items.filter((item) =>
    textsOf(item, outputs.get(item.id)).some((text) => text.toLowerCase().includes(wanted)),
  );
}

function textsOf({ title, place, value, problem }: ResultItem, output: Output | undefined): string[] {
  const { head = [], tail = [] } = output ?? {};
  // Text of two streams stands in pieces, and a word does not go on from one to the other.
  return [title, place ?? '', value ?? '', problem ?? '', ...[...head, ...tail].map(({ text }) => text)];
}
