/** As `MAX_EXPORT_BYTES` of the protocol. */
export const MAX_BYTES = 32 * 1024 ** 2;

const encoder = new TextEncoder();

/** UTF-8, cut between two characters where there is too much. */
export function encode(text: string): { bytes: Uint8Array; truncated: boolean } {
  // A UTF-16 unit takes three bytes at most.
  const buffer = new Uint8Array(Math.min(MAX_BYTES, text.length * 3));
  const { read, written } = encoder.encodeInto(text, buffer);
  return { bytes: buffer.subarray(0, written), truncated: read < text.length };
}
