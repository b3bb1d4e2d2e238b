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

/** A variable and what is known of its last change. */
export interface KnownVariable {
  readonly variable: Variable;
  /** Counts up with every change in the session: the higher, the newer. */
  readonly changedAt: number;
  /** The execution that changed it last, as far as this window has seen it. */
  readonly executionId: string | null;
  /** How the newest execution left it. */
  readonly mark: 'new' | 'changed' | null;
}

type NamespaceChanged = Extract<SessionEvent, { kind: 'namespace_changed' }>;
interface Known {
  readonly variables: Map<string, KnownVariable>;
  /** Names with a mark. */
  readonly marked: Set<string>;
  total: number;
  changes: number;
  /** The newest execution. */
  executionId: string | null;
}

/** What each session's variables were when last heard of. */
export class Namespaces implements Disposable {
  readonly #bySession = new Map<string, Known>();
  readonly #changed = new Emitter<string>();

  /** Told the id of the session. */
  readonly onChanged = this.#changed.event;

  of(sessionId: string): Namespace {
    const known = this.#bySession.get(sessionId);
    return { variables: [...this.variables(sessionId)].map(({ variable }) => variable), total: known?.total ?? 0 };
  }

  /** In the order of definition. */
  variables(sessionId: string): Iterable<KnownVariable> {
    return this.#bySession.get(sessionId)?.variables.values() ?? [];
  }

  variable(sessionId: string, name: string): KnownVariable | undefined {
    return this.#bySession.get(sessionId)?.variables.get(name);
  }

  total(sessionId: string): number {
    return this.#bySession.get(sessionId)?.total ?? 0;
  }

  /** How many there are that are not kept here. */
  unknown(sessionId: string): number {
    const known = this.#bySession.get(sessionId);
    return known ? Math.max(0, known.total - known.variables.size) : 0;
  }

  /** Whether the session may have a variable of that name: not all are kept. */
  mayHave(sessionId: string, name: string): boolean {
    return this.variable(sessionId, name) !== undefined || this.unknown(sessionId) > 0;
  }

  /** An execution runs from here on: what it changes is marked, and what the one before it changed no longer is. */
  begin(sessionId: string, executionId: string): void {
    const known = this.#known(sessionId);
    known.executionId = executionId;
    if (known.marked.size === 0) return;
    for (const name of known.marked) {
      const variable = known.variables.get(name);
      if (variable) known.variables.set(name, { ...variable, mark: null });
    }
    known.marked.clear();
    this.#changed.fire(sessionId);
  }

  apply(sessionId: string, { changed, deleted, total, reset }: NamespaceChanged): void {
    if (reset) this.#bySession.delete(sessionId);
    const known = this.#known(sessionId);
    known.total = total;
    for (const name of deleted) {
      known.variables.delete(name);
      known.marked.delete(name);
    }
    for (const variable of changed) this.#change(known, variable);
    this.#changed.fire(sessionId);
  }

  /**
   * Replaces everything known with what the session answered.
   * @param changed what is another than before was changed by the newest execution. Else nobody knows which one it was.
   */
  replace(sessionId: string, variables: readonly Variable[], total: number, changed: boolean): void {
    const known = this.#known(sessionId);
    known.total = total;
    const old = new Map(known.variables);
    known.variables.clear();
    for (const variable of variables) {
      const same = old.get(variable.name);
      if (same && isSame(same.variable, variable)) known.variables.set(variable.name, same);
      else if (changed) this.#change(known, variable, same === undefined);
      else known.variables.set(variable.name, { variable, changedAt: 0, executionId: null, mark: null });
    }
    for (const name of known.marked) if (!known.variables.has(name)) known.marked.delete(name);
    this.#changed.fire(sessionId);
  }

  remove(sessionId: string): void {
    if (this.#bySession.delete(sessionId)) this.#changed.fire(sessionId);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#bySession.clear();
  }

  #known(sessionId: string): Known {
    const known = this.#bySession.get(sessionId);
    if (known) return known;
    const fresh: Known = { variables: new Map(), marked: new Set(), total: 0, changes: 0, executionId: null };
    this.#bySession.set(sessionId, fresh);
    return fresh;
  }

  #change(known: Known, variable: Variable, isNew = !known.variables.has(variable.name)): void {
    const { variables, marked, executionId } = known;
    const { name } = variable;
    if (!variables.has(name) && variables.size >= MAX_VARIABLES_SHOWN) return;
    // One that this execution made and then changed is still new.
    const mark = isNew || variables.get(name)?.mark === 'new' ? 'new' : 'changed';
    variables.set(name, { variable, changedAt: ++known.changes, executionId, mark });
    marked.add(name);
  }
}

function isSame(one: Variable, other: Variable): boolean {
  return (
    one.preview === other.preview &&
    one.type === other.type &&
    one.kind === other.kind &&
    one.length === other.length &&
    one.shape?.join() === other.shape?.join()
  );
}
