import { randomUUID } from 'node:crypto';
import { Alarm } from './alarm.ts';
import { MonotonicClock, systemTime, type TimeSource } from './clock.ts';
import { DurableError, storageError } from './durable-error.ts';
import { JournalFiles } from './journal/files.ts';
import { encodeRecord, RecordType } from './journal/record.ts';
import { JournalWriter } from './journal/writer.ts';
import { takeFolder } from './lock.ts';
import { type RecoveryReport, recover } from './recovery.ts';
import { Redelivery } from './redelivery.ts';
import type { Message, Network, Request, Response } from './sdk.ts';
import { writeSnapshot } from './snapshot.ts';
import type { Change, JournaledRequest, Retention, StateMachine } from './state-machine.ts';

export interface EmbeddedOptions {
  /** Absolute path; made with mode 0700. */
  folder: string;
  retention: Retention;
  /** A snapshot is made when the journal has grown to this many bytes. */
  snapshotBytes: number;
  /** The first write that failed: nothing is acknowledged any more. */
  onFailure(error: DurableError): void;
  /** What went wrong without anything being lost. */
  onWarning(error: DurableError): void;
  group?: string;
  time?: TimeSource;
  /** Messages go to other processes, which outlive this one: their leases and listeners stay. For a server. */
  route?: (address: string, message: Message) => void;
}

/** All promises are in memory: what they hold is bounded, too. */
export const DEFAULT_RETENTION: Retention = {
  maxAgeMs: 30 * 24 * 60 * 60 * 1000,
  maxCount: 10_000,
  maxBytes: 64 * 1024 * 1024,
};
/** Between two looks at what is due. */
const TICK_MS = 20;
export const DEFAULT_SNAPSHOT_BYTES = 8 * 1024 * 1024;

/**
 * The SDK's network without a server: its own state machine in this process, and a journal of what was asked of it. Nothing is answered or
 * delivered before the record of it, and every earlier one, is on disk (invariant 6).
 */
export class EmbeddedNetwork implements Network {
  readonly unicast: string;
  readonly anycast: string;
  readonly recovered: RecoveryReport;
  readonly #options: EmbeddedOptions;
  readonly #files: JournalFiles;
  readonly #machine: StateMachine;
  readonly #writer: JournalWriter;
  readonly #clock: MonotonicClock;
  readonly #alarm: Alarm;
  readonly #release: () => Promise<void>;
  readonly #redelivery: Redelivery;
  readonly #receivers: ((message: Message) => void)[] = [];
  #generation: number;
  #snapshot: Promise<void> | undefined;
  #snapshotsFailed = 0;
  #delivers = false;
  #failure: DurableError | undefined;

  private constructor(options: EmbeddedOptions, files: JournalFiles, release: () => Promise<void>) {
    const group = options.group ?? 'backend';
    const pid = randomUUID();
    this.unicast = `local://uni@${group}/${pid}`;
    this.anycast = `local://any@${group}/${pid}`;
    this.#options = options;
    this.#files = files;
    this.#release = release;
    const { machine, time, generation, fd, bytes, report } = recover(files);
    this.#machine = machine;
    this.#generation = generation;
    this.recovered = report;
    this.#clock = new MonotonicClock(options.time ?? systemTime, time);
    this.#writer = new JournalWriter(fd, bytes, (error) => this.#fail(error));
    this.#alarm = new Alarm(
      () => this.#clock.now(),
      () => this.#tick(),
    );
    this.#redelivery = new Redelivery((address, message) => this.#deliver(address, message));
    if (!options.route && machine.hasLeftovers) {
      const now = this.#clock.now();
      machine.releaseLeftovers(now);
      this.#append(RecordType.boot, now, {});
    }
    this.#alarm.set(machine.nextDue);
  }

  /** @throws DurableError `locked`, `newer_version`, `storage` */
  static async open(options: EmbeddedOptions): Promise<EmbeddedNetwork> {
    let release: (() => Promise<void>) | undefined;
    try {
      const files = new JournalFiles(options.folder);
      release = await takeFolder(options.folder);
      return new EmbeddedNetwork(options, files, release);
    } catch (error) {
      await release?.();
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      throw storageError(`The durable journal in ${options.folder} cannot be opened`, error);
    }
  }

  get failure(): DurableError | undefined {
    return this.#failure;
  }

  get promises(): number {
    return this.#machine.size;
  }

  now(): number {
    return this.#clock.now();
  }

  match(target: string): string {
    return `local://any@${target}`;
  }

  async init(): Promise<void> {}

  /** Hands out unfinished work. To be called once every function is registered: one that is not known yet would be refused. */
  deliver(): void {
    this.#delivers = true;
    for (const { address, message } of this.#machine.waiting()) this.#redelivery.now(address, message);
  }

  recv(callback: (message: Message) => void): void {
    this.#receivers.push(callback);
  }

  // A property as the SDK takes it: it is passed on without its object.
  readonly send = ((request: Request) => this.#send(request)) as Network['send'];

  async #send(request: Request): Promise<Response> {
    if (this.#failure) throw this.#failure;
    const now = this.#clock.now();
    const { response, changes } = this.#apply(now, request);
    // A reader too waits for what it has read.
    await this.#commit(now, this.#mustBeKept(request, changes) ? request : undefined);
    this.#dispatch(request, changes);
    const { corrId, version } = request.head;
    return {
      kind: response.kind,
      head: { corrId, status: response.head.status, version },
      data: response.data,
    } as Response;
  }

  #apply(now: number, request: Request): { response: Response; changes: Change[] } {
    if (request.kind === 'promise.search') {
      const data = this.#machine.search(now, request.data);
      return {
        response: { kind: request.kind, head: { ...request.head, status: 200 }, data } as Response,
        changes: [],
      };
    }
    const known =
      request.kind === 'promise.register_listener' &&
      this.#machine.hasListener(request.data.awaited, request.data.address);
    const { response, changes } = this.#machine.apply(now, { kind: request.kind, data: request.data });
    // The state goes on changing while the answer waits for the disk.
    const answer = structuredClone(response);
    return { response: answer, changes: known && !changes.some(settles) ? [] : changes };
  }

  /** Who listens in this process is gone with it, and so need not be written down. */
  #mustBeKept(request: Request, changes: Change[]): boolean {
    if (request.kind === 'promise.register_listener' && !this.#options.route) return changes.some(settles);
    return changes.length > 0;
  }

  #commit(now: number, request?: JournaledRequest): Promise<void> {
    if (!request) return this.#writer.commit();
    return this.#append(RecordType.request, now, { kind: request.kind, data: request.data });
  }

  #append(type: number, time: number, body: unknown): Promise<void> {
    const written = this.#writer.commit(encodeRecord({ type, time, body }));
    if (this.#writer.bytes > this.#options.snapshotBytes * 2 ** this.#snapshotsFailed) void this.snapshot();
    return written;
  }

  #dispatch(request: { kind: string; data: unknown }, changes: Change[]): void {
    for (const { timeout, promise, address, message } of changes) {
      if (timeout) this.#alarm.set(timeout.timeout);
      if (promise?.state === 'pending') this.#alarm.set(promise.timeoutAt);
      if (!address || !message) continue;
      if (request.kind === 'task.release') this.#redelivery.later(address, message);
      else this.#redelivery.now(address, message);
    }
    if (request.kind === 'task.suspend' || request.kind === 'task.fulfill') {
      this.#redelivery.progressed((request.data as { id: string }).id);
    }
  }

  #deliver(address: string, message: Message): void {
    if (this.#options.route) {
      this.#options.route(address, message);
      return;
    }
    if (message.kind === 'execute' && !this.#delivers) return;
    for (const receive of this.#receivers) receive(message);
  }

  #tick(): void {
    if (this.#failure) return;
    const now = this.#clock.now();
    for (const request of this.#machine.due(now)) {
      const { changes } = this.#machine.apply(now, request);
      if (changes.length === 0) continue;
      this.#commit(now, request).then(
        () => this.#dispatch(request, changes),
        () => {
          // The failure was told by the writer; nothing is delivered any more.
        },
      );
    }
    // What is due and did not change now will not in a moment either.
    this.#alarm.set(Math.max(this.#machine.nextDue, now + TICK_MS));
  }

  /** Begins the next journal with a snapshot before it, so that the one so far is not needed any more. One at a time. */
  snapshot(): Promise<void> {
    this.#snapshot ??= this.#makeSnapshot().finally(() => {
      this.#snapshot = undefined;
    });
    return this.#snapshot;
  }

  async #makeSnapshot(): Promise<void> {
    if (this.#failure) return;
    const previous = this.#generation;
    try {
      const now = this.#clock.now();
      const { retention } = this.#options;
      this.#machine.trim(now, retention);
      void this.#writer.commit(encodeRecord({ type: RecordType.trim, time: now, body: retention })).catch(() => {
        // Told by the writer.
      });
      const fd = this.#files.open(previous + 1, true);
      this.#generation = previous + 1;
      const state = this.#machine.copy();
      await this.#writer.turnTo(fd);
      await writeSnapshot(this.#files.snapshot(previous + 1), now, state);
      this.#files.sync();
      this.#files.removeObsolete(previous + 1);
      this.#snapshotsFailed = 0;
    } catch (error) {
      // The journals hold everything: without a snapshot they only grow. Tried again when there is twice as much.
      this.#snapshotsFailed++;
      if (this.#failure) return;
      this.#options.onWarning(storageError('A snapshot of the durable journal could not be written', error));
    }
  }

  #fail(error: DurableError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#alarm.stop();
    this.#options.onFailure(error);
  }

  async stop(): Promise<void> {
    this.#alarm.stop();
    this.#redelivery.stop();
    await this.#snapshot;
    this.#failure ??= new DurableError('closed', 'The durable layer is closed.');
    await this.#writer.close();
    await this.#release();
  }
}

function settles({ promise }: Change): boolean {
  return promise !== undefined && promise.state !== 'pending';
}
