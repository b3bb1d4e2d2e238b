const NAME = 'holdfast-search';
const MAX_MATCHES = 500;
const owned = new WeakMap<object, Range[]>();

/** Marks the places in an element's own text that contain a query, without touching its nodes. `owner` stands for its marks. */
export function highlight(owner: object, root: ParentNode & Node, query: string): void {
  unhighlight(owner);
  if (query === '') return;
  const ranges = rangesOf(root, query.toLowerCase());
  const marked = CSS.highlights.get(NAME) ?? new Highlight();
  for (const range of ranges) marked.add(range);
  CSS.highlights.set(NAME, marked);
  owned.set(owner, ranges);
}

export function unhighlight(owner: object): void {
  const marked = CSS.highlights.get(NAME);
  for (const range of owned.get(owner) ?? []) marked?.delete(range);
  owned.delete(owner);
}

function rangesOf(root: Node, query: string): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < MAX_MATCHES; node = walker.nextNode()) {
    const text = (node.textContent ?? '').toLowerCase();
    for (let start = text.indexOf(query); start >= 0; start = text.indexOf(query, start + query.length)) {
      const range = document.createRange();
      // Lower case can be longer than what was written: then the end of the text is the nearest place.
      const length = node.textContent?.length ?? 0;
      range.setStart(node, Math.min(start, length));
      range.setEnd(node, Math.min(start + query.length, length));
      ranges.push(range);
      if (ranges.length >= MAX_MATCHES) break;
    }
  }
  return ranges;
}
