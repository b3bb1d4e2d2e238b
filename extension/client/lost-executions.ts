import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import type { Execution } from './execution.ts';
import type { Executions } from './executions.ts';

/** What was lost in each session since code ran in it last: a person may want to run that again. */
export class LostExecutions implements Disposable {
  readonly #executions: Executions;
  readonly #store = new DisposableStore();
  readonly #bySession = new Map<string, Set<string>>();

  constructor(executions: Executions) {
    this.#executions = executions;
    this.#store.add(executions.onChanged((execution) => this.#look(execution)));
  }

  /** Those that can be run again, oldest first. They are told once. */
  take(sessionId: string): readonly Execution[] {
    const ids = [...(this.#bySession.get(sessionId) ?? [])];
    this.#bySession.delete(sessionId);
    const known = ids.map((id) => this.#executions.get(id));
    return known.filter((it) => it !== undefined).filter(({ phase, code }) => phase.status === 'lost' && code !== null);
  }

  dispose(): void {
    this.#store.dispose();
    this.#bySession.clear();
  }

  #look({ id, sessionId, phase }: Execution): void {
    if (sessionId === null) return;
    if (phase.status === 'running') this.#bySession.delete(sessionId);
    if (phase.status !== 'lost') return;
    const lost = this.#bySession.get(sessionId) ?? new Set();
    this.#bySession.set(sessionId, lost.add(id));
  }
}
