const SLAB_BYTES = 1024 * 1024;
/** A larger piece is kept as it is: it would leave too much of a slab empty. */
const MAX_PIECE_BYTES = SLAB_BYTES / 2;

interface Slab {
  readonly bytes: Uint8Array;
  filled: number;
  /** Pieces in it that are still wanted. */
  pieces: number;
}

/** A copy of some bytes, to be given back when it is not wanted any more. */
export interface Piece {
  /** Valid until it is given back: then other bytes may take its place. */
  readonly bytes: Uint8Array;
  readonly slab: Slab | null;
}

/**
 * Memory for bytes that are kept for a while and let go in the order in which they came. It is used again and again: buffers that
 * live long enough to grow old pile up as garbage that the collector is in no hurry to free.
 */
export class Slabs {
  #current: Slab = newSlab();
  readonly #free: Slab[] = [];

  keep(bytes: Uint8Array): Piece {
    if (bytes.length === 0 || bytes.length > MAX_PIECE_BYTES) return { bytes, slab: null };
    if (this.#current.filled + bytes.length > SLAB_BYTES) {
      const full = this.#current;
      this.#current = this.#free.pop() ?? newSlab();
      this.#recycle(full);
    }
    const slab = this.#current;
    const start = slab.filled;
    slab.bytes.set(bytes, start);
    slab.filled += bytes.length;
    slab.pieces++;
    return { bytes: slab.bytes.subarray(start, slab.filled), slab };
  }

  giveBack({ slab }: Piece): void {
    if (!slab) return;
    slab.pieces--;
    if (slab !== this.#current) this.#recycle(slab);
  }

  #recycle(slab: Slab): void {
    if (slab.pieces > 0) return;
    slab.filled = 0;
    this.#free.push(slab);
  }
}

function newSlab(): Slab {
  return { bytes: new Uint8Array(SLAB_BYTES), filled: 0, pieces: 0 };
}
