import type { Readable } from 'node:stream';

/** Of one stream. What is written beyond is handed on, and not kept. */
export const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** Reads a stream to its end at the speed at which its bytes are taken. */
export async function collect(
  stream: Readable,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let left = MAX_KEPT_BYTES;
  let truncated = false;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const kept = chunk.subarray(0, left);
    truncated ||= kept.length < chunk.length;
    left -= kept.length;
    if (kept.length > 0) chunks.push(kept);
    await take(chunk);
  }
  return { bytes: Buffer.concat(chunks), truncated };
}
