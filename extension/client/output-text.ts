import type { Stream } from '../../backend/protocol/values.ts';

export interface Segment {
  readonly stream: Stream;
  readonly text: string;
}

/** What is kept of a text: its beginning and its end, with the number of characters left out between them. */
export interface KeptText {
  readonly head: readonly Segment[];
  readonly cut: number;
  readonly tail: readonly Segment[];
}

/** Characters kept from the beginning and from the end: together what one execution may hold in a window. */
export const HEAD_CHARACTERS = 100_000;
export const TAIL_CHARACTERS = 100_000;
const SEGMENT_CHARACTERS = 4_000;

/** Output as the program wrote it, decoded, bounded at both ends. */
export class OutputText {
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  readonly #head: Segment[] = [];
  #tail: { stream: Stream; text: string }[] = [];
  #headLength = 0;
  #tailLength = 0;
  #total = 0;

  /** Characters appended so far. */
  get total(): number {
    return this.#total;
  }

  get cut(): number {
    return this.#total - this.#headLength - this.#tailLength;
  }

  append(stream: Stream, bytes: Uint8Array): void {
    // A chunk may end in the middle of a character.
    const text = this.#decoders[stream].decode(bytes, { stream: true });
    if (text === '') return;
    this.#total += text.length;
    const room = HEAD_CHARACTERS - this.#headLength;
    if (room > 0) {
      const first = text.slice(0, room);
      this.#head.push({ stream, text: first });
      this.#headLength += first.length;
    }
    if (text.length > room) this.#appendTail(stream, room > 0 ? text.slice(room) : text);
  }

  /** So much that the program wrote did not come here. A byte counts as a character: it mostly is one. */
  skip(bytes: number): void {
    this.#total += bytes;
    // What is kept of the end goes on from what came before.
    this.#tail = [];
    this.#tailLength = 0;
  }

  kept(): KeptText {
    return { head: merge(this.#head), cut: this.cut, tail: merge(this.#tail) };
  }

  /**
   * For a reader that has the first `from` characters and takes `limits.head` characters of the beginning and `limits.tail` of the
   * end, neither more than is kept: what comes next in the beginning, and the end.
   */
  excerpt(from: number, limits: { readonly head: number; readonly tail: number }): KeptText {
    const head = part(this.#head, from, limits.head);
    const behind = this.#total - Math.min(this.#total, limits.head);
    const tail = Math.min(behind, limits.tail);
    const known = this.cut > 0 ? this.#tail : [...this.#head, ...this.#tail];
    const length = this.cut > 0 ? this.#tailLength : this.#total;
    return { head, cut: behind - tail, tail: part(known, length - tail, length) };
  }

  /** The first `characters`. */
  beginning(characters: number): string {
    let text = '';
    for (const segment of [...this.#head, ...(this.cut > 0 ? [] : this.#tail)]) {
      if (text.length >= characters) break;
      text += segment.text;
    }
    return text.slice(0, characters);
  }

  /** The last `characters` of what is kept. */
  end(characters: number): string {
    let text = '';
    for (const segments of [this.#tail, this.#head]) {
      for (let index = segments.length - 1; index >= 0 && text.length < characters; index--) {
        text = (segments[index]?.text ?? '') + text;
      }
      // Between the end and the beginning something may be missing.
      if (this.cut > 0) break;
    }
    return text.slice(-characters);
  }

  #appendTail(stream: Stream, text: string): void {
    const piece = text.slice(-TAIL_CHARACTERS);
    const last = this.#tail.at(-1);
    // Few and not too long, so that old ones can be dropped whole, and quickly.
    if (last?.stream === stream && last.text.length < SEGMENT_CHARACTERS) last.text += piece;
    else this.#tail.push({ stream, text: piece });
    this.#tailLength += piece.length;
    let drop = 0;
    for (const segment of this.#tail) {
      if (this.#tailLength - segment.text.length < TAIL_CHARACTERS) break;
      this.#tailLength -= segment.text.length;
      drop++;
    }
    if (drop > 0) this.#tail = this.#tail.slice(drop);
  }
}

/** The characters from `from` to `to`. */
function part(segments: readonly Segment[], from: number, to: number): Segment[] {
  const found: Segment[] = [];
  let start = 0;
  for (const { stream, text } of segments) {
    const end = start + text.length;
    if (end > from && start < to) {
      found.push({ stream, text: text.slice(Math.max(0, from - start), Math.max(0, to - start)) });
    }
    start = end;
  }
  return merge(found);
}

function merge(segments: readonly Segment[]): Segment[] {
  const merged: { stream: Stream; parts: string[] }[] = [];
  for (const { stream, text } of segments) {
    const last = merged.at(-1);
    if (last?.stream === stream) last.parts.push(text);
    else merged.push({ stream, parts: [text] });
  }
  return merged.map(({ stream, parts }) => ({ stream, text: parts.join('') }));
}
