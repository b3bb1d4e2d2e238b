import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { CheckpointManifest } from '../../protocol/checkpoint.ts';
import { CheckpointId, CheckpointName } from '../../protocol/client/checkpoints.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { LanguageId, SessionId } from '../../protocol/values.ts';
import { sha256 } from './blob-store.ts';

/**
 * A checkpoint on disk: this line, `u32` little-endian length of the header, the header (JSON, UTF-8), and the bytes of the parts that
 * are not blobs, one after the other in the order of `parts`.
 */
const MAGIC = Buffer.from('holdfast-checkpoint 1\n');
const OLD_MAGIC = /^holdfast-checkpoint (\d+)\n/;
const MAX_HEADER_BYTES = 256 * 1024 * 1024;

const Part = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
  /** In this file; else a blob. */
  inside: z.boolean(),
});
export type Part = z.infer<typeof Part>;

export const CheckpointHeader = z.strictObject({
  checkpointId: CheckpointId,
  name: CheckpointName.nullable(),
  sessionId: SessionId,
  sessionName: z.string().max(100),
  language: LanguageId,
  version: z.string().max(100),
  createdAt: z.number(),
  manifest: CheckpointManifest,
  parts: z.array(Part),
  /** HMAC-SHA256, in hex, of what it says about variables and parts, with the key of the workspace that wrote it. */
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});
export type CheckpointHeader = z.infer<typeof CheckpointHeader>;

/** The header and, behind it, the parts that are inside. */
export function encodeCheckpoint(header: CheckpointHeader, inside: readonly Uint8Array[]): Buffer[] {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return [MAGIC, length, json, ...inside.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))];
}

/** @returns the header, and where the parts begin. @throws HoldfastError `invalid` when it is no checkpoint, or damaged. */
export function decodeCheckpoint(file: Buffer): { header: CheckpointHeader; start: number } {
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) {
    const [, version] = OLD_MAGIC.exec(file.toString('latin1', 0, 40)) ?? [];
    const why = version
      ? `It has version ${version}, which this Holdfast does not know: use a newer one.`
      : 'It is no checkpoint.';
    throw new HoldfastError('invalid', why);
  }
  const start = MAGIC.length + 4;
  const length = file.length >= start ? file.readUInt32LE(MAGIC.length) : MAX_HEADER_BYTES + 1;
  if (length > MAX_HEADER_BYTES || file.length < start + length) throw damaged();
  const header = CheckpointHeader.safeParse(parse(file.toString('utf8', start, start + length)));
  if (!header.success) throw damaged();
  return { header: header.data, start: start + length };
}

/** The parts that are in the file, whole. @throws HoldfastError `invalid` */
export async function partsInside({ parts }: CheckpointHeader, content: Buffer, start: number): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  let at = start;
  for (const part of parts) {
    if (!part.inside) continue;
    const bytes = content.subarray(at, at + part.bytes);
    if ((await sha256(bytes)) !== part.sha256) throw damaged();
    found.push(bytes);
    at += part.bytes;
  }
  return found;
}

/** What a change of would make another checkpoint of it; not its name. */
export function signatureOf(header: Omit<CheckpointHeader, 'signature'>, key: Buffer): string {
  const { checkpointId, language, version, manifest, parts } = header;
  const hashes = parts.map(({ sha256 }) => sha256);
  const signed = JSON.stringify([checkpointId, language, version, manifest, hashes]);
  return createHmac('sha256', key).update(signed).digest('hex');
}

export function isSignedBy(key: Buffer, header: CheckpointHeader): boolean {
  return timingSafeEqual(Buffer.from(signatureOf(header, key)), Buffer.from(header.signature));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function damaged(): HoldfastError {
  return new HoldfastError('invalid', 'The checkpoint is damaged: it is cut off or was changed.');
}
