import type { Execution } from '../client/execution.ts';
import type { Executions } from '../client/executions.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';

export interface LongWorkOptions {
  /** Milliseconds that an execution runs before it is shown. */
  readonly after: number;
  /** Shows that an execution runs, until the function that it gives back is called. */
  show(execution: Execution): () => void;
}

type Entry = { readonly state: 'timed'; readonly timer: NodeJS.Timeout } | { readonly state: 'shown'; hide(): void };

/** Shows what runs for long, and neither what is over in a moment nor what waits for a person. */
export class LongWork implements Disposable {
  readonly #store = new DisposableStore();
  readonly #options: LongWorkOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(executions: Executions, options: LongWorkOptions) {
    this.#options = options;
    this.#store.add(executions.onChanged((execution) => this.#update(execution)));
    this.#store.add(
      executions.onRemoved((ids) => {
        for (const id of ids) this.#end(id);
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
    for (const id of [...this.#entries.keys()]) this.#end(id);
  }

  #update(execution: Execution): void {
    const { id, phase, waiting } = execution;
    if (phase.status !== 'running' || waiting) {
      this.#end(id);
      return;
    }
    if (this.#entries.has(id)) return;
    const wait = Math.max(0, phase.since + this.#options.after - Date.now());
    const timer = setTimeout(() => {
      this.#entries.set(id, { state: 'shown', hide: this.#options.show(execution) });
    }, wait);
    this.#entries.set(id, { state: 'timed', timer });
  }

  #end(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    if (entry.state === 'timed') clearTimeout(entry.timer);
    else entry.hide();
  }
}
