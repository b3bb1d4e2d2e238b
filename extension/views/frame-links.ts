import type { ErrorReport, StackFrame } from '../../backend/protocol/values.ts';
import type { FrameLink } from '../../media/protocol.ts';

/**
 * Where a traceback names the frames of its error. Only frames that the worker reported become links, whatever else the text says,
 * and each is looked for behind the one before it.
 */
export function frameLinks({ traceback, frames }: ErrorReport): FrameLink[] {
  // Python names the innermost frame last, JavaScript first.
  const forwards = linksInOrder(traceback, [...frames.entries()]);
  const backwards = linksInOrder(traceback, [...frames.entries()].reverse());
  return forwards.length >= backwards.length ? forwards : backwards;
}

function linksInOrder(text: string, frames: readonly (readonly [number, StackFrame])[]): FrameLink[] {
  const links: FrameLink[] = [];
  let from = 0;
  for (const [frame, { file, line }] of frames) {
    const found = firstOf(text, [`File "${file}", line ${line}`, `${file}:${line}`], from);
    if (!found) continue;
    from = found.end;
    links.push({ ...found, frame });
  }
  return links;
}

/** The first place behind `from` at which one of the forms stands and its number ends. */
function firstOf(text: string, forms: readonly string[], from: number): { start: number; end: number } | undefined {
  const places = forms.flatMap((form) => {
    for (let start = text.indexOf(form, from); start >= 0; start = text.indexOf(form, start + 1)) {
      const end = start + form.length;
      if (!/\d/.test(text[end] ?? '')) return { start, end };
    }
    return [];
  });
  return places.sort((one, other) => one.start - other.start)[0];
}
