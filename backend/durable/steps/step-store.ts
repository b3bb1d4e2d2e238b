import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { log } from '../../log.ts';
import type { KeptStep } from '../../protocol/client/steps.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { LEVELS, type Level } from '../../protocol/security.ts';
import { BlobStore, sha256 } from '../checkpoints/blob-store.ts';
import { signingKey } from '../checkpoints/signing-key.ts';
import type { Durable } from '../durable.ts';
import { type DurablePromises, LONGEST_MS } from '../durable-promises.ts';
import { ids } from '../ids.ts';
import { Moments } from '../moments.ts';
import type { CellIdentity } from './cell-identity.ts';
import { StepIndex, type StepRef } from './step-index.ts';
import { isSignedBy, type StepFormat, StepRecord, signatureOf } from './step-record.ts';

const KIND = { 'holdfast-kind': 'step' };
const FORGOTTEN = { 'holdfast-kind': 'step-forgotten' };
/** As long as the journal keeps what is settled. A value that is older is computed anew, at worst. */
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000;
/** The newest, those that were forgotten among them: half of what the journal keeps, so that a step goes before what says that it is forgotten. */
const MAX_STEPS = 5000;
/** Smaller values are in the promise: a file for each would cost more than they do. */
const MIN_BLOB_BYTES = 4 * 1024;

/** What a program gave. */
export interface NewStep {
  readonly ref: StepRef;
  readonly level: Level;
  readonly type: string;
  readonly format: StepFormat;
  readonly parts: readonly number[];
  readonly seconds: number;
}

export interface StepStoreOptions {
  /** Absolute path; made at the first write. */
  readonly folder: string;
  readonly promises: Pick<DurablePromises, 'available'>;
  /** Bytes of all values together. */
  maxBytes(): number;
  /** There is another one, or one fewer. */
  changed(): void;
}

/** The finished steps of programs of one workspace: a durable promise each, large values aside, each stored once. */
export class StepStore {
  readonly #options: StepStoreOptions;
  readonly #blobs: BlobStore;
  /** What is kept in these promises: a client may name another place for them. */
  #opened: { readonly durable: Durable; readonly index: Promise<StepIndex> } | undefined;
  #key: Buffer | undefined;
  readonly #moments = new Moments();
  /** Values are put and deleted one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: StepStoreOptions) {
    this.#options = options;
    this.#blobs = new BlobStore(path.join(options.folder, 'blobs'));
  }

  /** Why nothing can be kept, or null. */
  async problem(): Promise<string | null> {
    try {
      await this.#index();
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** One that the level may use. */
  async find(cellId: string, ref: StepRef, level: Level): Promise<StepRecord | undefined> {
    const found = (await this.#index()).find(cellId, ref);
    return found && mayUse(level, found) ? found : undefined;
  }

  /** @throws HoldfastError `unavailable` when its value is gone or damaged. */
  async valueOf({ inside, sha256: hash, step }: StepRecord): Promise<Uint8Array> {
    if (inside !== null) {
      const bytes = Buffer.from(inside, 'base64');
      if ((await sha256(bytes)) === hash) return bytes;
    } else {
      const bytes = await this.#blobs.get(hash).catch((error: Error) => log(error.message));
      if (bytes) return bytes;
    }
    throw new HoldfastError(
      'unavailable',
      `The kept value of the step ${JSON.stringify(step.name)} is missing or damaged on disk (${hash}). ` +
        `To run the step again, forget it: holdfast forget-steps ${step.stepId.slice(0, 8)}`,
    );
  }

  async isEmpty(cellId: string): Promise<boolean> {
    return (await this.#index()).ofCell(cellId).length === 0;
  }

  /** Steps of an earlier text of the cell that the level may use, when that text had this step. */
  async earlier(cell: CellIdentity, ref: StepRef, level: Level): Promise<readonly StepRecord[]> {
    if (!cell.inFile) return [];
    const { steps } = (await this.#index()).earlier(cell, ref) ?? { steps: [] };
    const usable = steps.filter((record) => mayUse(level, record));
    return usable.some(({ step }) => step.name === ref.name && step.key === ref.key) ? usable : [];
  }

  /** The steps of an earlier text are those of this one, too. */
  async copy(records: readonly StepRecord[], cell: CellIdentity): Promise<void> {
    const index = await this.#index();
    const writes = records.map(async ({ step, signature: _, ...record }) => {
      const { cellId, line, heading } = cell;
      await this.#settle(index, { ...record, step: { ...step, cellId, line, heading, stepId: randomUUID() } });
    });
    await Promise.all(writes);
    await this.#retire(index);
  }

  /**
   * When it settles, it is on disk. The first of several wins.
   * @returns whether older steps of the same cell had to go for it. @throws HoldfastError, DurableError
   */
  async keep(cell: CellIdentity, made: NewStep, bytes: Uint8Array): Promise<boolean> {
    const index = await this.#index();
    const before = index.find(cell.cellId, made.ref);
    if (before && mayUse(made.level, before)) return false;
    if (bytes.length > this.#options.maxBytes()) throw new HoldfastError('unavailable', 'There is no room for it.');
    const { cellId, file, line, heading, language } = cell;
    const { ref, level, type, format, parts, seconds } = made;
    const step: KeptStep = {
      ...{ stepId: randomUUID(), cellId, file, line, heading, language, ...ref },
      ...{ type, bytes: bytes.length, seconds, keptAt: this.#moments.now(), level },
    };
    const record = { step, format, parts: [...parts] };
    if (bytes.length < MIN_BLOB_BYTES) {
      const inside = Buffer.from(bytes).toString('base64');
      await this.#settle(index, { ...record, sha256: await sha256(bytes), inside });
    } else {
      await this.#alone(async () => {
        await this.#settle(index, { ...record, sha256: await this.#blobs.put(bytes), inside: null });
      });
    }
    const beyond = await this.#retire(index, before ? [before] : []);
    return beyond.some((record) => record.step.cellId === cellId);
  }

  /** Newest first. @throws HoldfastError `unavailable` */
  async list(): Promise<KeptStep[]> {
    return (await this.#index()).newestFirst().map(({ step }) => step);
  }

  /** @returns how many. @throws HoldfastError `unavailable` */
  async forget(fits: (step: KeptStep) => boolean): Promise<number> {
    const index = await this.#index();
    const going = index.newestFirst().filter(({ step }) => fits(step));
    await this.#forget(index, going);
    return going.length;
  }

  /** What is too much goes, the oldest first: that. @param replaced those that others stand for now */
  async #retire(index: StepIndex, replaced: readonly StepRecord[] = []): Promise<readonly StepRecord[]> {
    const maxBytes = this.#options.maxBytes();
    if (index.size <= MAX_STEPS && index.bytes <= maxBytes) {
      await this.#forget(index, replaced);
      return [];
    }
    let bytes = 0;
    const beyond = index.newestFirst().filter(({ step }, n) => {
      bytes += step.bytes;
      return n >= MAX_STEPS || bytes > maxBytes;
    });
    await this.#forget(index, [...replaced, ...beyond]);
    return beyond;
  }

  async #forget(index: StepIndex, going: readonly StepRecord[]): Promise<void> {
    if (going.length === 0) return;
    const durable = await this.#durable();
    await Promise.all(going.map(({ step }) => settled(durable, ids.stepForgotten(step.stepId), FORGOTTEN, null)));
    for (const record of going) index.remove(record);
    this.#options.changed();
    if (going.some(({ inside }) => inside === null)) await this.#alone(() => this.#blobs.sweep(index.blobs()));
  }

  async #settle(index: StepIndex, unsigned: Omit<StepRecord, 'signature'>): Promise<void> {
    const record = { ...unsigned, signature: signatureOf(unsigned, await this.#signingKey()) };
    await settled(await this.#durable(), ids.step(record.step.stepId), KIND, record);
    index.add(record);
    this.#options.changed();
  }

  /** @throws HoldfastError `unavailable` */
  async #index(): Promise<StepIndex> {
    const durable = await this.#durable();
    if (this.#opened?.durable !== durable) {
      const opened = { durable, index: this.#open(durable) };
      this.#opened = opened;
      // A disk that has been put right is tried at the next call.
      opened.index.catch(() => {
        if (this.#opened === opened) this.#opened = undefined;
      });
    }
    return this.#opened.index;
  }

  async #open(durable: Durable): Promise<StepIndex> {
    const key = await this.#signingKey();
    const records: StepRecord[] = [];
    let foreign = 0;
    for await (const { value } of durable.search({ state: 'resolved', tags: KIND })) {
      const record = StepRecord.safeParse(value);
      // What others wrote is not loaded: a pickle executes code.
      if (record.success && isSignedBy(key, record.data)) records.push(record.data);
      else foreign++;
    }
    if (foreign > 0) log(`Kept steps that this workspace did not write are left alone: ${foreign}.`);
    const forgotten = new Set<string>();
    for await (const { id } of durable.search({ tags: FORGOTTEN })) forgotten.add(id);
    const tooOld = Date.now() - MAX_AGE_MS;
    const index = new StepIndex(
      records
        .sort((one, other) => other.step.keptAt - one.step.keptAt)
        .slice(0, MAX_STEPS)
        .filter(({ step }) => step.keptAt >= tooOld && !forgotten.has(ids.stepForgotten(step.stepId)))
        .reverse(),
    );
    await this.#alone(() => this.#blobs.sweep(index.blobs()));
    return index;
  }

  /** @throws HoldfastError `unavailable` */
  async #durable(): Promise<Durable> {
    return this.#options.promises.available();
  }

  async #signingKey(): Promise<Buffer> {
    this.#key ??= await signingKey(path.join(this.#options.folder, 'key'));
    return this.#key;
  }

  #alone<Result>(action: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(action);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

/** What a stricter run has made is not for a looser one: reading a pickle executes code. */
function mayUse(level: Level, { step }: StepRecord): boolean {
  return LEVELS.indexOf(level) <= LEVELS.indexOf(step.level);
}

/** Settles when it is on disk. */
async function settled(durable: Durable, id: string, tags: Record<string, string>, value: unknown): Promise<void> {
  const created = durable.create(id, { timeoutMs: LONGEST_MS, tags });
  // The embedded network takes requests in the order in which they are made, and one sync serves both.
  if (durable.embedded) {
    await Promise.all([created, durable.settle(id, 'resolve', value)]);
    return;
  }
  await created;
  await durable.settle(id, 'resolve', value);
}
