import { TextDecoder } from 'node:util';
import type { Stream } from '../protocol/values.ts';

/** UTF-8 from chunks that may end in the middle of a character, per stream. Invalid bytes become U+FFFD. */
export class StreamDecoders {
  readonly #decoders = new Map<Stream, TextDecoder>();

  decode(stream: Stream, bytes: Uint8Array): string {
    const decoder = this.#decoders.get(stream) ?? new TextDecoder();
    this.#decoders.set(stream, decoder);
    return decoder.decode(bytes, { stream: true });
  }

  /** What is left of an unfinished character. */
  flush(stream: Stream): string {
    return this.#decoders.get(stream)?.decode() ?? '';
  }
}
