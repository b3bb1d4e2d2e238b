import type { SessionEvent } from '../../backend/protocol/client/index.ts';
import type { Variable } from '../../backend/protocol/values.ts';
import type { Disposable } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';

/** Variables of one session that a window keeps. */
export const MAX_VARIABLES_SHOWN = 5000;

export interface Namespace {
  /** In the order of definition. */
  readonly variables: readonly Variable[];
  /** How many there are in the session, shown or not. */
  readonly total: number;
}

type NamespaceChanged = Extract<SessionEvent, { kind: 'namespace_changed' }>;
interface Known {
  readonly variables: Map<string, Variable>;
  total: number;
}

/** What each session's variables were when last heard of. */
export class Namespaces implements Disposable {
  readonly #bySession = new Map<string, Known>();
  readonly #changed = new Emitter<string>();

  /** Told the id of the session. */
  readonly onChanged = this.#changed.event;

  of(sessionId: string): Namespace {
    const known = this.#bySession.get(sessionId);
    return { variables: [...(known?.variables.values() ?? [])], total: known?.total ?? 0 };
  }

  apply(sessionId: string, { changed, deleted, total, reset }: NamespaceChanged): void {
    const known = this.#bySession.get(sessionId);
    const variables = new Map(reset ? [] : known?.variables);
    for (const name of deleted) variables.delete(name);
    for (const variable of changed) {
      if (variables.has(variable.name) || variables.size < MAX_VARIABLES_SHOWN) variables.set(variable.name, variable);
    }
    this.#set(sessionId, { variables, total });
  }

  /** Replaces everything known with what the session answered. */
  replace(sessionId: string, variables: readonly Variable[], total: number): void {
    this.#set(sessionId, { variables: new Map(variables.map((it) => [it.name, it])), total });
  }

  remove(sessionId: string): void {
    if (this.#bySession.delete(sessionId)) this.#changed.fire(sessionId);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#bySession.clear();
  }

  #set(sessionId: string, known: Known): void {
    this.#bySession.set(sessionId, known);
    this.#changed.fire(sessionId);
  }
}
