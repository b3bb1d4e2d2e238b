import { DurableError } from '../durable-error.ts';
import { crc32 } from './crc32.ts';

/** Of files, in their header. A file with a higher one is refused in words. */
export const FORMAT_VERSION = 1;
export const HEADER_BYTES = 16;
const MAGIC = Buffer.from('HOLDFAST', 'latin1');
/** length, CRC, type, time */
const FRAME_BYTES = 4 + 4 + 1 + 8;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export const FileKind = { journal: 1, snapshot: 2 } as const;
export type FileKind = (typeof FileKind)[keyof typeof FileKind];

/** In a journal. */
export const RecordType = {
  /** A request that changed state: `{ kind, data }`. */
  request: 1,
  /** The process that had the folder is gone: its listeners and leases go. */
  boot: 2,
  /** Settled promises beyond what is kept were dropped: `{ maxAgeMs, maxCount, maxBytes }`. */
  trim: 3,
  /** In a snapshot. */
  promise: 16,
  task: 17,
  schedule: 18,
  timeouts: 19,
  /** The last of a snapshot: `{ records }` before it. */
  end: 31,
} as const;

export interface JournalRecord {
  type: number;
  /** Unix milliseconds. */
  time: number;
  body: unknown;
}

export function encodeHeader(kind: FileKind, version = FORMAT_VERSION): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt16LE(version, 8);
  header.writeUInt8(kind, 10);
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12);
  return header;
}

/**
 * @returns whether the file begins as one of this kind does.
 * @throws DurableError `newer_version`
 */
export function checkHeader(file: string, bytes: Buffer, kind: FileKind): boolean {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return false;
  if (bytes.readUInt32LE(12) !== crc32(bytes.subarray(0, 12))) return false;
  const version = bytes.readUInt16LE(8);
  if (version > FORMAT_VERSION) {
    throw new DurableError(
      'newer_version',
      `${file} was written by a newer Holdfast (format ${version}; this one reads up to ${FORMAT_VERSION}). ` +
        'Update Holdfast, or move that folder away to begin without its history.',
    );
  }
  return version === FORMAT_VERSION && bytes.readUInt8(10) === kind;
}

export function encodeRecord({ type, time, body }: JournalRecord): Buffer {
  const json = Buffer.from(JSON.stringify(body));
  const record = Buffer.allocUnsafe(FRAME_BYTES + json.length);
  record.writeUInt32LE(json.length, 0);
  record.writeUInt8(type, 8);
  record.writeDoubleLE(time, 9);
  json.copy(record, FRAME_BYTES);
  // The length is covered too: a flipped bit in it must not look like another, whole record.
  record.writeUInt32LE((crc32(record.subarray(8)) ^ json.length) >>> 0, 4);
  return record;
}

/**
 * Reads records up to the first that is not whole.
 * @returns where the whole ones end, in bytes.
 */
export function readRecords(bytes: Buffer, take: (record: JournalRecord) => void): number {
  let at = HEADER_BYTES;
  while (at + FRAME_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const end = at + FRAME_BYTES + length;
    if (length === 0 || length > MAX_BODY_BYTES || end > bytes.length) break;
    if ((crc32(bytes.subarray(at + 8, end)) ^ length) >>> 0 !== bytes.readUInt32LE(at + 4)) break;
    take({
      type: bytes.readUInt8(at + 8),
      time: bytes.readDoubleLE(at + 9),
      body: JSON.parse(bytes.toString('utf8', at + FRAME_BYTES, end)),
    });
    at = end;
  }
  return Math.min(at, bytes.length);
}
