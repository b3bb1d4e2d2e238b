import type { KeptFile } from '../platform/kept-file.ts';
import type { Place, Span } from './follow.ts';
import type { KeptMarker } from './markers.ts';

const NAME = 'inline';
/** The newest: a window knows no more executions either. */
const MAX_KEPT = 200;

/** Where inline results stood, for the window that comes after this one: a reloaded one shows them again. */
export class MarkerMemory {
  readonly #kept: KeptFile;

  constructor(kept: KeptFile) {
    this.#kept = kept;
  }

  earlier(): readonly KeptMarker[] {
    const found = this.#kept.read(NAME);
    return Array.isArray(found) ? found.filter(isKept) : [];
  }

  keep(markers: readonly KeptMarker[]): void {
    this.#kept.write(NAME, markers.slice(-MAX_KEPT));
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
