import type { CheckpointManifest } from '../../protocol/checkpoint.ts';
import type { CheckpointHeader } from './checkpoint-file.ts';

/** What a header takes beside its manifest, and each part in it. */
const HEADER_BYTES = 1024;
const PART_BYTES = 128;

/** Bytes on disk: of each checkpoint's own file by its id, of each blob by its SHA-256. */
export interface Taken {
  readonly files: ReadonlyMap<string, number>;
  readonly blobs: ReadonlyMap<string, number>;
}

/**
 * The first of the candidates that are enough when they go. A blob goes with the last checkpoint that uses it.
 * @returns nothing when all of them would not be enough.
 */
export function enoughToGo(
  bytes: number,
  candidates: readonly CheckpointHeader[],
  all: Iterable<CheckpointHeader>,
  { files, blobs }: Taken,
): CheckpointHeader[] | undefined {
  const users = new Map<string, number>();
  for (const header of all) for (const hash of blobsOf(header)) users.set(hash, (users.get(hash) ?? 0) + 1);
  const going: CheckpointHeader[] = [];
  let missing = bytes;
  for (const header of candidates) {
    if (missing <= 0) break;
    going.push(header);
    missing -= files.get(header.checkpointId) ?? 0;
    for (const hash of blobsOf(header)) {
      const left = (users.get(hash) ?? 0) - 1;
      users.set(hash, left);
      if (left === 0) missing -= blobs.get(hash) ?? 0;
    }
  }
  return missing > 0 ? undefined : going;
}

export function blobsOf({ parts }: CheckpointHeader): Set<string> {
  return new Set(parts.filter(({ inside }) => !inside).map(({ sha256 }) => sha256));
}

/** Bytes that it may take on disk. */
export function atMost(manifest: CheckpointManifest, parts: readonly Uint8Array[]): number {
  const header = HEADER_BYTES + Buffer.byteLength(JSON.stringify(manifest));
  return header + sum(parts.map(({ length }) => PART_BYTES + length));
}

export function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
