import type { MimeParts } from '../../../protocol/values.ts';
import type { Part } from '../shared/messages.ts';

/** The parts as the protocol carries them: a list of lengths, and the bytes behind one another. */
export function joinParts(parts: readonly Part[]): { parts: MimeParts; payload: Uint8Array } {
  const bytes = parts.map(({ data }) => (typeof data === 'string' ? Buffer.from(data) : data));
  return {
    parts: parts.map(({ mime }, index) => ({ mime, bytes: bytes[index]?.length ?? 0 })),
    payload: Buffer.concat(bytes),
  };
}
