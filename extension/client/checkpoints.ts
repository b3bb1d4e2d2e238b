import type { RestoredVariable, StoredVariable } from '../../backend/protocol/checkpoint.ts';
import type { CheckpointInfo, RestoreCheckpoint } from '../../backend/protocol/client/index.ts';
import type { ParamsOf } from '../../backend/protocol/client/method.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';
import { Throttle } from '../platform/throttle.ts';
import type { BackendLink } from './link.ts';

/** Automatic ones of several sessions come together. */
const REFRESH_MS = 100;
/** The worker gives itself two minutes. */
const PATIENCE = { deadline: 150_000 };

/** A checkpoint and what became of each variable: when it was made, or when it was restored. */
export interface CheckpointReport<Variable> {
  readonly checkpoint: CheckpointInfo;
  readonly variables: readonly Variable[];
}

/** The workspace's checkpoints, newest first, as the backend last told them. Calls @throws HoldfastError */
export class Checkpoints implements Disposable {
  readonly #store = new DisposableStore();
  readonly #link: BackendLink;
  readonly #changed = this.#store.add(new Emitter<void>());
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => void this.#read()));
  readonly #log: (message: string) => void;
  /** What was asked for, as long as its checkpoint is there: it does not change. */
  readonly #contents = new Map<string, Promise<readonly StoredVariable[]>>();
  #all: readonly CheckpointInfo[] = [];

  readonly onChanged = this.#changed.event;

  constructor(link: BackendLink, log: (message: string) => void) {
    this.#link = link;
    this.#log = log;
    this.#store.add(link.onConnected((client) => this.#follow(client)));
  }

  all(): readonly CheckpointInfo[] {
    return this.#all;
  }

  /** All of them, from a backend that is started when there is none. */
  async list(): Promise<readonly CheckpointInfo[]> {
    const { checkpoints } = await (await this.#link.client()).call('ListCheckpoints', {});
    this.#set(checkpoints);
    return checkpoints;
  }

  async read(checkpointId: string): Promise<CheckpointReport<StoredVariable>> {
    return await (await this.#link.client()).call('ReadCheckpoint', { checkpointId });
  }

  /** Its variables, for a view: read once; none, and a line in the log, when they cannot be read. */
  contents(checkpointId: string): Promise<readonly StoredVariable[]> {
    const known = this.#contents.get(checkpointId);
    if (known) return known;
    const reading = this.read(checkpointId).then(
      ({ variables }) => variables,
      (error: unknown) => {
        this.#contents.delete(checkpointId);
        this.#failed(error);
        return [];
      },
    );
    this.#contents.set(checkpointId, reading);
    return reading;
  }

  async create(sessionId: string, name: string): Promise<CheckpointReport<StoredVariable>> {
    return await (await this.#link.client()).call('CreateCheckpoint', { sessionId, name }, PATIENCE);
  }

  async restore(request: ParamsOf<typeof RestoreCheckpoint>): Promise<CheckpointReport<RestoredVariable>> {
    return await (await this.#link.client()).call('RestoreCheckpoint', request, PATIENCE);
  }

  async rename(checkpointId: string, name: string): Promise<void> {
    await (await this.#link.client()).call('RenameCheckpoint', { checkpointId, name });
  }

  async remove(checkpointId: string): Promise<void> {
    await (await this.#link.client()).call('RemoveCheckpoint', { checkpointId });
  }

  /** @param file absolute path of one that does not exist. */
  async export(checkpointId: string, file: string): Promise<void> {
    await (await this.#link.client()).call('ExportCheckpoint', { checkpointId, file }, PATIENCE);
  }

  /** @param file absolute path. @param name null: the one that it has. */
  async import(file: string, name: string | null): Promise<CheckpointInfo> {
    return (await (await this.#link.client()).call('ImportCheckpoint', { file, name }, PATIENCE)).checkpoint;
  }

  dispose(): void {
    this.#store.dispose();
  }

  #follow(client: BackendClient): void {
    client.onEvent((event) => {
      if (event.event === 'checkpoints_changed') this.#refresh.request();
    });
    void this.#read();
  }

  async #read(): Promise<void> {
    const client = this.#link.current;
    if (!client) return;
    try {
      this.#set((await client.call('ListCheckpoints', {})).checkpoints);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (!(error instanceof HoldfastError)) throw error;
    this.#log(`Reading the checkpoints failed: ${error.message}`);
  }

  #set(checkpoints: readonly CheckpointInfo[]): void {
    this.#all = checkpoints;
    const there = new Set(checkpoints.map(({ checkpointId }) => checkpointId));
    for (const checkpointId of this.#contents.keys()) if (!there.has(checkpointId)) this.#contents.delete(checkpointId);
    this.#changed.fire();
  }
}
