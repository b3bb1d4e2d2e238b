import { LocalNetwork, type Message, type PromiseRecord, type Request, type Response } from './sdk.ts';

/** A promise as the SDK's server holds it. */
export interface StoredPromise {
  id: string;
  state: PromiseRecord['state'];
  tags: Record<string, string>;
  timeoutAt: number;
  settledAt: number | null;
  param: { data?: string };
  value: { data?: string };
  callbacks: Set<string>;
  listeners: Set<string>;
}

export interface StoredTask {
  id: string;
  state: string;
  version: number;
  resumes: Set<string>;
}

interface Timeout {
  id: string;
  timeout: number;
}

/** One consequence of a request; only these are looked at here. */
export interface Change {
  kind: string;
  promise?: { id: string; state: string; timeoutAt: number; tags: Record<string, string> };
  timeout?: Timeout;
  address?: string;
  message?: Message;
}

/** The SDK's own state machine of a server: its answers and its state follow from the requests and their times alone. */
interface SdkServer {
  promises: Map<string, StoredPromise>;
  tasks: Map<string, StoredTask>;
  schedules: Map<string, { id: string }>;
  pTimeouts: Timeout[];
  tTimeouts: Timeout[];
  sTimeouts: Timeout[];
  outgoing: unknown[];
  apply(now: number, request: unknown): { response: Response; changes: Change[] };
  toPromiseRecord(promise: StoredPromise): PromiseRecord;
  projectedPromise(now: number, promise: StoredPromise): StoredPromise;
}

/** What a record of a journal holds of a request: all that the state follows from. */
export interface JournaledRequest {
  kind: string;
  data: unknown;
}

export interface Retention {
  /** Settled promises older than this go, in milliseconds. */
  maxAgeMs: number;
  /** Settled promises beyond this many of one kind (the tag `holdfast-kind`) go, the oldest first. */
  maxCount: number;
  /** And those that take, with all of their kind that are newer, more than this many bytes as they are encoded. */
  maxBytes?: number;
}

export interface State {
  promises: object[];
  tasks: object[];
  schedules: object[];
  timeouts: { promises: Timeout[]; tasks: Timeout[]; schedules: Timeout[] };
}

const HEAD = { corrId: '', version: '' };

/** The state of the embedded network: applied requests, searched, trimmed, copied. Nothing here touches the disk or the clock. */
export class StateMachine {
  // The class is not exported, but a local network carries one (FACTS.md); the version is pinned exactly.
  readonly #server = (new LocalNetwork() as unknown as { server: SdkServer }).server;
  /** Pending promises that only a deadline can end if nobody settles them. The SDK's tick leaves out those without a target. */
  readonly #pending = new Set<string>();

  get size(): number {
    return this.#server.promises.size;
  }

  apply(now: number, request: JournaledRequest): { response: Response; changes: Change[] } {
    const answer = this.#server.apply(now, { head: HEAD, ...request });
    // Messages are taken from the changes; the SDK's outbox would only grow.
    this.#server.outgoing.length = 0;
    for (const { promise } of answer.changes) if (promise) this.#count(promise);
    return answer;
  }

  hasListener(id: string, address: string): boolean {
    return this.#server.promises.get(id)?.listeners.has(address) ?? false;
  }

  /** Requests that settle what is due and deliver again what nobody took. */
  *due(now: number): Generator<JournaledRequest> {
    const { pTimeouts, tTimeouts, sTimeouts } = this.#server;
    if ([...pTimeouts, ...tTimeouts, ...sTimeouts].some(({ timeout }) => timeout <= now)) {
      yield { kind: 'debug.tick', data: { time: now } };
    }
    for (const id of [...this.#pending]) {
      const promise = this.#server.promises.get(id);
      // Looking at it is what settles it.
      if (promise && promise.timeoutAt <= now) yield { kind: 'promise.get', data: { id } };
    }
  }

  /** When something is due next, in Unix milliseconds; Infinity when nothing is. */
  get nextDue(): number {
    const { promises, pTimeouts, tTimeouts, sTimeouts } = this.#server;
    let next = Number.POSITIVE_INFINITY;
    for (const list of [pTimeouts, tTimeouts, sTimeouts])
      for (const { timeout } of list) next = Math.min(next, timeout);
    for (const id of this.#pending) next = Math.min(next, promises.get(id)?.timeoutAt ?? next);
    return next;
  }

  /** Promises by rising id. `cursor` is the last id of the page before. */
  search(now: number, data: Extract<Request, { kind: 'promise.search' }>['data']) {
    const { state, tags = {}, limit = 100, cursor } = data;
    const wanted = Object.entries(tags);
    const ids: string[] = [];
    for (const promise of this.#server.promises.values()) {
      if (cursor !== undefined && promise.id <= cursor) continue;
      if (state && this.#server.projectedPromise(now, promise).state !== state) continue;
      if (wanted.every(([name, value]) => promise.tags[name] === value)) ids.push(promise.id);
    }
    ids.sort((one, other) => (one < other ? -1 : 1));
    const page = ids.slice(0, Math.max(1, limit));
    const promises = page.map((id) => structuredClone(this.#record(now, id)));
    return ids.length > page.length ? { promises, cursor: page.at(-1) } : { promises };
  }

  /** Messages for work that waits to be taken up. */
  *waiting(): Generator<{ address: string; message: Message }> {
    for (const task of this.#server.tasks.values()) {
      const address = this.#server.promises.get(task.id)?.tags['resonate:target'];
      if (task.state !== 'pending' || !address) continue;
      yield { address, message: { kind: 'execute', head: {}, data: { task: { id: task.id, version: task.version } } } };
    }
  }

  get hasLeftovers(): boolean {
    const { promises, tasks } = this.#server;
    for (const task of tasks.values()) if (task.state === 'acquired') return true;
    for (const promise of promises.values()) if (promise.listeners.size > 0) return true;
    return false;
  }

  /** Ends what belonged to a process that is gone: who listened in it, and the work it had taken. */
  releaseLeftovers(now: number): void {
    for (const promise of this.#server.promises.values()) promise.listeners.clear();
    for (const task of [...this.#server.tasks.values()]) {
      if (task.state === 'acquired')
        this.apply(now, { kind: 'task.release', data: { id: task.id, version: task.version } });
    }
  }

  /** Drops settled promises beyond what is kept. What belongs to a root that is pending stays. */
  trim(now: number, { maxAgeMs, maxCount, maxBytes = Number.POSITIVE_INFINITY }: Retention): void {
    const { promises, tasks } = this.#server;
    const rootOf = (promise: StoredPromise) => promises.get(promise.tags['resonate:origin'] ?? promise.id);
    // Reversed: of those that were settled in one millisecond, the one made last is the newest.
    const settled = [...promises.values()]
      .reverse()
      .filter((promise) => promise.state !== 'pending' && rootOf(promise)?.state !== 'pending')
      .sort((one, other) => (other.settledAt ?? 0) - (one.settledAt ?? 0));
    const newer = new Map<string | undefined, { count: number; bytes: number }>();
    for (const promise of settled) {
      const kind = promise.tags['holdfast-kind'];
      const { count, bytes: before } = newer.get(kind) ?? { count: 0, bytes: 0 };
      const bytes = before + (promise.param.data?.length ?? 0) + (promise.value.data?.length ?? 0);
      newer.set(kind, { count: count + 1, bytes });
      if (count < maxCount && bytes <= maxBytes && (promise.settledAt ?? 0) >= now - maxAgeMs) continue;
      promises.delete(promise.id);
      tasks.delete(promise.id);
    }
  }

  /** A copy that later requests do not change. Values are shared: they are replaced, never edited. */
  copy(): State {
    const { promises, tasks, schedules, pTimeouts, tTimeouts, sTimeouts } = this.#server;
    return {
      promises: Array.from(promises.values(), (promise) => ({
        ...promise,
        callbacks: [...promise.callbacks],
        listeners: [...promise.listeners],
      })),
      tasks: Array.from(tasks.values(), (task) => ({ ...task, resumes: [...task.resumes] })),
      schedules: Array.from(schedules.values(), (schedule) => ({ ...schedule })),
      timeouts: { promises: [...pTimeouts], tasks: [...tTimeouts], schedules: [...sTimeouts] },
    };
  }

  /** Takes over what `copy` gave, from parsed JSON. */
  load(state: State): void {
    const server = this.#server;
    type Lists<T, Names extends keyof T> = Omit<T, Names> & Record<Names, string[]>;
    for (const promise of state.promises as Lists<StoredPromise, 'callbacks' | 'listeners'>[]) {
      const { callbacks, listeners } = promise;
      const stored = Object.assign(promise, { callbacks: new Set(callbacks), listeners: new Set(listeners) });
      server.promises.set(promise.id, stored);
      if (promise.state === 'pending') this.#pending.add(promise.id);
    }
    for (const task of state.tasks as Lists<StoredTask, 'resumes'>[]) {
      server.tasks.set(task.id, Object.assign(task, { resumes: new Set(task.resumes) }));
    }
    for (const schedule of state.schedules as { id: string }[]) server.schedules.set(schedule.id, schedule);
    server.pTimeouts = state.timeouts.promises;
    server.tTimeouts = state.timeouts.tasks;
    server.sTimeouts = state.timeouts.schedules;
  }

  #record(now: number, id: string): PromiseRecord {
    const server = this.#server;
    return server.toPromiseRecord(server.projectedPromise(now, server.promises.get(id) as StoredPromise));
  }

  #count({ id, state }: { id: string; state: string }): void {
    if (state === 'pending') this.#pending.add(id);
    else this.#pending.delete(id);
  }
}
