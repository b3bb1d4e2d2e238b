import type { KeptFile } from '../platform/kept-file.ts';
import type { Place, Span } from './follow.ts';
import type { KeptMarker } from './markers.ts';

const NAME = 'inline';
/** The newest: a window knows no more executions either. */
const MAX_KEPT = 200;

interface Kept {
  readonly markers: readonly KeptMarker[];
  /** When the newest execution was asked for that the window knew, in Unix milliseconds: what is older and has no marker is not to be seen. */
  readonly until: number;
}

/** Where inline results stood, for the window that comes after this one: a reloaded one shows them again. */
export class MarkerMemory {
  readonly #kept: KeptFile;

  constructor(kept: KeptFile) {
    this.#kept = kept;
  }

  earlier(): Kept {
    const { markers, until } = (this.#kept.read(NAME) ?? {}) as Partial<Record<keyof Kept, unknown>>;
    return {
      markers: Array.isArray(markers) ? markers.filter(isKept) : [],
      until: typeof until === 'number' ? until : 0,
    };
  }

  keep({ markers, until }: Kept): void {
    this.#kept.write(NAME, { markers: markers.slice(-MAX_KEPT), until });
  }
}

/** Another version may have written it. */
function isKept(value: unknown): value is KeptMarker {
  if (typeof value !== 'object' || value === null) return false;
  const { document, executionId, length, hash, ran, span } = value as Record<keyof KeptMarker, unknown>;
  const texts = [document, executionId, hash].every((it) => typeof it === 'string');
  return texts && typeof length === 'number' && isSpan(ran) && isSpan(span);
}

function isSpan(value: unknown): value is Span {
  if (typeof value !== 'object' || value === null) return false;
  const { start, end } = value as Record<keyof Span, unknown>;
  return isPlace(start) && isPlace(end);
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null) return false;
  const { line, character } = value as Record<keyof Place, unknown>;
  return [line, character].every((it) => Number.isSafeInteger(it) && (it as number) >= 0);
}
