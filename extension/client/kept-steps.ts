import type { ForgetSteps, KeptStep } from '../../backend/protocol/client/index.ts';
import type { ParamsOf } from '../../backend/protocol/client/method.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';
import { Throttle } from '../platform/throttle.ts';
import type { BackendLink } from './link.ts';

/** A loop finishes many. */
const REFRESH_MS = 300;

/** A text of a cell, and what of it has finished, the newest first. */
export interface KeptCell {
  readonly cellId: string;
  readonly steps: readonly KeptStep[];
}

/** The finished steps of the workspace's programs, as the backend last told them. */
export class KeptSteps implements Disposable {
  readonly #store = new DisposableStore();
  readonly #link: BackendLink;
  readonly #changed = this.#store.add(new Emitter<void>());
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => void this.#read()));
  readonly #log: (message: string) => void;
  #cells: readonly KeptCell[] = [];

  readonly onChanged = this.#changed.event;

  constructor(link: BackendLink, log: (message: string) => void) {
    this.#link = link;
    this.#log = log;
    this.#store.add(link.onConnected((client) => this.#follow(client)));
  }

  /** The one with the newest step first. */
  cells(): readonly KeptCell[] {
    return this.#cells;
  }

  /** The same, from a backend that is started when there is none. @throws HoldfastError */
  async list(): Promise<readonly KeptCell[]> {
    this.#set(await allSteps(await this.#link.client()));
    return this.#cells;
  }

  /** They run again. @throws HoldfastError */
  async forget(which: ParamsOf<typeof ForgetSteps>): Promise<void> {
    await (await this.#link.client()).call('ForgetSteps', which);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #follow(client: BackendClient): void {
    client.onEvent((event) => {
      if (event.event === 'steps_changed') this.#refresh.request();
    });
    void this.#read();
  }

  async #read(): Promise<void> {
    const client = this.#link.current;
    if (!client) return;
    try {
      this.#set(await allSteps(client));
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#log(`Reading the kept steps failed: ${error.message}`);
    }
  }

  #set(steps: readonly KeptStep[]): void {
    const cells = new Map<string, KeptStep[]>();
    for (const step of steps) cells.set(step.cellId, [...(cells.get(step.cellId) ?? []), step]);
    this.#cells = [...cells].map(([cellId, its]) => ({ cellId, steps: its }));
    this.#changed.fire();
  }
}

async function allSteps(client: BackendClient): Promise<KeptStep[]> {
  const all: KeptStep[] = [];
  for (let start: number | null = 0; start !== null; ) {
    const { steps, next }: { steps: KeptStep[]; next: number | null } = await client.call('ListSteps', { start });
    all.push(...steps);
    start = next;
  }
  return all;
}
