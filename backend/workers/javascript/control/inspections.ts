import type { Target } from '../../../protocol/inspection.ts';
import {
  type Completions,
  type Found,
  INSPECTION_FUNCTION,
  type Inspection,
  type Place,
  type Question,
} from '../shared/inspection-function.ts';
import type { Inspector } from './inspector.ts';
import { inTime } from './patience.ts';
import { namesIn } from './target.ts';

/** For a value that somebody wants to see: the first look at a large one may take a while. */
const LONG_PATIENCE_MS = 1500;

/** Looks at values of the main thread through its inspector, also in the middle of a cell. */
export class Inspections {
  readonly #inspector: Inspector;
  #engine: string | undefined;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
  }

  /** To be called once the main thread is up. */
  async connect(): Promise<void> {
    this.#engine = await this.#inspector.handleOf(INSPECTION_FUNCTION);
  }

  /** Null when there is no such value; undefined when the main thread is in native code and cannot say. */
  async inspect(target: Target, start: number, count: number): Promise<Inspection | null | undefined> {
    const place = placeOf(target);
    if (!place) return null;
    if (!this.#engine) return undefined;
    const question: Question = { ...place, kind: 'inspect', start, count };
    const answer = this.#inspector.call(this.#engine, question) as Promise<Found<Inspection>>;
    return inTime<Inspection | null | undefined>(
      answer.then((found) => (found.status === 'found' ? found.result : null)),
      undefined,
      LONG_PATIENCE_MS,
    );
  }

  async complete(
    target: Target,
    { members, prefix, count }: { members: 'attributes' | 'keys'; prefix: string; count: number },
  ): Promise<Completions> {
    const nothing = { items: [], truncated: false };
    const place = placeOf(target);
    if (!place || !this.#engine) return nothing;
    const question: Question = { ...place, kind: 'complete', members, prefix, count };
    const answer = this.#inspector.call(this.#engine, question) as Promise<Found<Completions>>;
    return inTime(
      answer.then((found) => (found.status === 'found' ? found.result : nothing)),
      nothing,
    );
  }
}

function placeOf({ expression, path }: Target): Place | null {
  const names = namesIn(expression);
  return names && { names, path };
}
