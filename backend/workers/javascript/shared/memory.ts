/**
 * Memory that both threads see: a few words, then the ring that carries output.
 * Positions in the ring only grow (modulo 2^32); the offset is `position & (RING_BYTES - 1)`.
 */
export const Word = {
  /** Ring position up to which the control thread has read. The main thread waits on it when the ring is full. */
  read: 0,
  /** Ring position up to which the main thread has written. */
  written: 1,
  /** 1 when a `wake` is on its way. */
  woken: 2,
  /** Serial of the cell whose synchronous part runs now, 0 when none does. */
  running: 3,
  /** Number of the last blocking request that was answered. The main thread waits on it. */
  answered: 4,
  /** 1 when the control thread has let go of the inspector: an exit before that prints a line about a debugger. */
  released: 5,
  /** Displays and requests that the control thread has taken (modulo 2^32). The main thread waits on it when many are not. */
  taken: 6,
  /** Serial of the execution that the main thread is letting go of now: no user code runs that would have to be terminated. */
  leaving: 7,
  /** Number of the errand that the main thread does now, the same below 0 when it has done it. */
  errand: 8,
  /** Errands up to this number are not to be begun any more. */
  withdrawn: 9,
  /** Generation of the policy that waits among the answers, or was taken from there. */
  policy: 10,
  /** 1 while the main thread puts the consent gate in place, or is about to: half of one is none, so that is not to be terminated. */
  gating: 11,
} as const;

const WORDS = 12;

/** Power of two. The most output that is between the threads. */
export const RING_BYTES = 1024 * 1024;
/** `u32 length | u32 tag` before each record. Records start at multiples of it. */
export const RECORD_HEADER = 8;
/** Length of a record that only fills the end of the ring. */
export const PADDING = 0xffffffff;

export const MEMORY_BYTES = WORDS * 4 + RING_BYTES;

export interface Memory {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly ring: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
}

export function openMemory(shared: SharedArrayBuffer): Memory {
  return {
    words: new Int32Array(shared, 0, WORDS),
    ring: new Uint8Array(shared, WORDS * 4, RING_BYTES),
    view: new DataView(shared, WORDS * 4, RING_BYTES),
  };
}

/** The record's tag: whose output it is, and which stream. */
export function tagOf(serial: number, stream: 'stdout' | 'stderr'): number {
  return ((serial << 1) | (stream === 'stderr' ? 1 : 0)) >>> 0;
}

export function readTag(tag: number): { serial: number; stream: 'stdout' | 'stderr' } {
  return { serial: tag >>> 1, stream: tag & 1 ? 'stderr' : 'stdout' };
}

export function align(bytes: number): number {
  return (bytes + RECORD_HEADER - 1) & ~(RECORD_HEADER - 1);
}
