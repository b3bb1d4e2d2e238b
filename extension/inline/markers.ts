import { createHash } from 'node:crypto';
import { type Change, compare, follow, type Span } from './follow.ts';

/** The code of an execution in a document, followed through edits. */
export interface Marker {
  readonly executionId: string;
  /** Where the code stood when it ran. */
  readonly ran: Span;
  /** Where it stands now. */
  readonly span: Span;
  /** It is not the code that ran any more. */
  readonly stale: boolean;
}

/** What the markers ask of a document. */
export interface Text {
  textOf(span: Span): string;
  /** In UTF-16 code units: cheap, unlike the text itself. */
  lengthOf(span: Span): number;
}

interface Tracked {
  readonly executionId: string;
  readonly ran: Span;
  readonly length: number;
  readonly hash: string;
  span: Span;
  stale: boolean;
}

/** A marker as the next window needs it. */
export interface KeptMarker extends Omit<Tracked, 'stale'> {
  readonly document: string;
}

/** Which code in which document each execution belongs to. Documents are named by their URIs. */
export class Markers {
  readonly #byDocument = new Map<string, Tracked[]>();

  documents(): readonly string[] {
    return [...this.#byDocument.keys()];
  }

  /** In the order in which they ran. */
  of(document: string): readonly Marker[] {
    return this.#byDocument.get(document) ?? [];
  }

  /** Adds a marker. It takes the place of those whose end it covers. */
  add(document: string, executionId: string, span: Span, text: string): void {
    const kept = (this.#byDocument.get(document) ?? []).filter((it) => !replaces(span, it.span));
    kept.push({ executionId, ran: span, span, length: text.length, hash: hash(text), stale: false });
    this.#byDocument.set(document, kept);
  }

  /** All of them, in the order in which they ran in each document. */
  kept(): KeptMarker[] {
    return [...this.#byDocument].flatMap(([document, markers]) =>
      markers.map(({ executionId, ran, length, hash, span }) => ({
        document,
        executionId,
        ran: plain(ran),
        length,
        hash,
        span: plain(span),
      })),
    );
  }

  /** Puts back what an earlier window has kept of a document that is open now. Code that is not at its place any more is stale. */
  putBack(document: string, earlier: readonly KeptMarker[], text: Text): void {
    const known = this.#byDocument.get(document) ?? [];
    const markers = earlier
      .filter((it) => known.every(({ executionId }) => executionId !== it.executionId))
      .map(({ document: _, ...marker }) => ({ ...marker, stale: !isSame(marker, text) }));
    // What this window has run is newer.
    this.#set(document, [...markers.filter((it) => known.every(({ span }) => !replaces(span, it.span))), ...known]);
  }

  /** Follows the changes of one event, which all speak of the text before it. @param text the document after them. */
  edit(document: string, changes: readonly Change[], text: Text): void {
    const markers = this.#byDocument.get(document);
    if (!markers) return;
    // So that no change moves the place of the next.
    const lastFirst = [...changes].sort((one, other) => compare(other.range.start, one.range.start));
    const kept = markers.filter((marker) => move(marker, lastFirst));
    for (const marker of kept) {
      if (lastFirst.length > 0) marker.stale = !isSame(marker, text);
    }
    this.#set(document, kept);
  }

  clear(document: string): void {
    this.#byDocument.delete(document);
  }

  forget(executionIds: ReadonlySet<string>): void {
    for (const [document, markers] of this.#byDocument) {
      this.#set(
        document,
        markers.filter(({ executionId }) => !executionIds.has(executionId)),
      );
    }
  }

  /** The document and place of an execution's code. */
  locate(executionId: string): (Omit<Marker, 'executionId'> & { readonly document: string }) | undefined {
    for (const [document, markers] of this.#byDocument) {
      const found = markers.find((it) => it.executionId === executionId);
      if (found) return { document, ran: found.ran, span: found.span, stale: found.stale };
    }
    return undefined;
  }

  #set(document: string, markers: Tracked[]): void {
    if (markers.length > 0) this.#byDocument.set(document, markers);
    else this.#byDocument.delete(document);
  }
}

/** Code that ends in the lines of the new code, unless both have parts of one line to themselves. */
function replaces(added: Span, old: Span): boolean {
  const inLines = old.end.line >= added.start.line && old.end.line <= added.end.line;
  return inLines && compare(old.start, added.end) < 0 && compare(added.start, old.end) < 0;
}

/** A range of VS Code is another thing when it has been stored. */
function plain({ start, end }: Span): Span {
  const place = ({ line, character }: Span['start']) => ({ line, character });
  return { start: place(start), end: place(end) };
}

/** @returns false when all of it was deleted. */
function move(marker: Tracked, changes: readonly Change[]): boolean {
  for (const change of changes) {
    const span = follow(marker.span, change);
    if (!span) return false;
    marker.span = span;
  }
  return true;
}

function isSame({ span, length, hash: known }: Pick<Tracked, 'span' | 'length' | 'hash'>, text: Text): boolean {
  return text.lengthOf(span) === length && hash(text.textOf(span)) === known;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
