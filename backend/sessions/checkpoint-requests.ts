import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import type { StoredVariable } from '../protocol/checkpoint.ts';
import { CheckpointManifest, type RestoredVariable, RestoreReport } from '../protocol/checkpoint.ts';
import type { CheckpointInfo } from '../protocol/client/checkpoints.ts';
import type { BackendSettings } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { MAX_PART_CHUNK } from '../protocol/worker/checkpoint.ts';
import type { Session } from './session.ts';

/** More than the worker gives itself. */
const TIMEOUT_MS = 130_000;
const NO_WORKER = 'The session has no worker that is ready. Run a cell, or restart the session, and try again.';
const ASLEEP =
  'The session sleeps: its backend went away. Its variables come back from their last checkpoint when code runs in it, and can be stored then.';
const decoder = new TextDecoder();

export interface CheckpointRequest {
  /** Null: it goes when newer ones come. */
  readonly name: string | null;
  /** A cell that comes meanwhile ends it. */
  readonly givesWay: boolean;
  readonly limits: BackendSettings['checkpoints'];
  /** Milliseconds that the worker has. */
  readonly timeout?: number;
}

export interface MadeCheckpoint {
  readonly checkpoint: CheckpointInfo;
  readonly variables: readonly StoredVariable[];
}

/**
 * Copies a session's namespace into the store.
 * @throws HoldfastError `conflict` while a cell runs, `unavailable`, `timeout`, `closed`, `not_found` when it would be an automatic one with nothing in it
 */
export async function createCheckpoint(
  session: Session,
  store: CheckpointStore,
  { name, givesWay, limits, timeout = TIMEOUT_MS }: CheckpointRequest,
): Promise<MadeCheckpoint> {
  const chunks: Uint8Array[][] = [];
  const { maxVariableBytes, maxBytes } = limits;
  let changes = 0;
  const reply = await session.worker.ask({ type: 'checkpoint', maxVariableBytes, maxBytes, givesWay }, 'checkpointed', {
    timeout,
    part: ({ part, payload }) => {
      chunks[part] ??= [];
      // What has little of its buffer would keep the rest of it.
      chunks[part]?.push(payload.buffer.byteLength > 2 * payload.length ? payload.slice() : payload);
    },
    answered: () => {
      ({ changes } = session.checkpoints);
    },
  });
  if (!reply) throw new HoldfastError('unavailable', session.asleep ? ASLEEP : NO_WORKER);
  throwUnlessDone(reply.message.outcome);
  const manifest = CheckpointManifest.parse(JSON.parse(decoder.decode(reply.payload)));
  if (name === null && manifest.variables.every(({ how }) => how === 'not_stored')) {
    throw new HoldfastError('not_found', 'There is nothing that could be stored.');
  }
  const { language, interpreter } = session.options;
  const checkpoint = await store.add({
    name,
    sessionId: session.id,
    sessionName: session.name,
    language: language.id,
    version: interpreter.version,
    manifest,
    parts: chunks.map((some) => (some.length === 1 ? (some[0] as Uint8Array) : Buffer.concat(some))),
  });
  session.checkpoints.holds(checkpoint, { changes });
  return { checkpoint, variables: manifest.variables };
}

export interface RestoreRequest {
  /** Null: the newest that fits the session. */
  readonly checkpointId: string | null;
  /** Null: all variables. */
  readonly names: readonly string[] | null;
  readonly trusted: boolean;
}

/**
 * Merges a checkpoint into a session's namespace.
 * @throws HoldfastError `not_found`, `unauthorized` when it is foreign, `invalid`, `conflict` while a cell runs, `unavailable`, `timeout`, `closed`
 */
export async function restoreCheckpoint(
  session: Session,
  store: CheckpointStore,
  { checkpointId, names, trusted }: RestoreRequest,
): Promise<{ readonly checkpoint: CheckpointInfo; readonly variables: RestoredVariable[] }> {
  const { id, name } = session;
  const language = session.options.language.id;
  const wanted = checkpointId ?? (await store.newest({ id, name, language }))?.checkpointId;
  if (!wanted)
    throw new HoldfastError('not_found', `There is no checkpoint of ${name}. \`holdfast checkpoints\` lists all.`);
  const { info, manifest } = await store.read(wanted);
  if (info.language !== language) {
    throw new HoldfastError('invalid', `The checkpoint is one of ${info.language}, the session one of ${language}.`);
  }
  if (info.foreign && !trusted) {
    throw new HoldfastError(
      'unauthorized',
      'The checkpoint was not made in this workspace. Restoring it runs whatever code its maker put in (Python’s pickle executes code): trust it only if you know where it comes from.',
    );
  }
  const { worker } = session;
  const { chosen, numbers } = choose(manifest, names);
  const parts = await store.parts(wanted, numbers);
  if (!worker.ready) throw new HoldfastError('unavailable', NO_WORKER);
  const wasEmpty = worker.variables.total === 0;
  for (const [part, bytes] of parts.entries()) {
    for (let offset = 0; offset === 0 || offset < bytes.length; offset += MAX_PART_CHUNK) {
      worker.send({ type: 'restore_part', part, offset }, bytes.subarray(offset, offset + MAX_PART_CHUNK));
    }
  }
  let changes = 0;
  const reply = await worker.ask({ type: 'restore' }, 'restored', {
    timeout: TIMEOUT_MS,
    bytes: Buffer.from(JSON.stringify(chosen)),
    answered: () => {
      ({ changes } = session.checkpoints);
    },
  });
  if (!reply) throw new HoldfastError('unavailable', NO_WORKER);
  throwUnlessDone(reply.message.outcome);
  const { variables } = RestoreReport.parse(JSON.parse(decoder.decode(reply.payload)));
  if (wasEmpty && names === null && !info.foreign) session.checkpoints.holds(info, { changes });
  return { checkpoint: info, variables };
}

/**
 * The manifest of these variables, and the numbers of the parts that they need, which it counts from 0.
 * @param names null: all of them. @throws HoldfastError `not_found` for a name that it does not have.
 */
function choose(
  manifest: CheckpointManifest,
  names: readonly string[] | null,
): { chosen: CheckpointManifest; numbers: number[] } {
  const chosen = names === null ? manifest : only(manifest, names);
  const numbers = [...new Set(chosen.groups.flatMap(({ parts }) => parts))];
  const places = new Map(numbers.map((number, place) => [number, place]));
  const groups = chosen.groups.map((group) => ({
    ...group,
    parts: group.parts.map((number) => places.get(number) ?? 0),
  }));
  return { chosen: { ...chosen, groups }, numbers };
}

function only(manifest: CheckpointManifest, names: readonly string[]): CheckpointManifest {
  const wanted = new Set(names);
  const variables = manifest.variables.filter(({ name }) => wanted.has(name));
  const missing = names.filter((name) => !variables.some((variable) => variable.name === name));
  if (missing.length > 0) throw new HoldfastError('not_found', `The checkpoint has no variable ${missing.join(', ')}.`);
  return {
    ...manifest,
    variables,
    imports: manifest.imports.filter(({ name }) => wanted.has(name)),
    groups: manifest.groups.filter((group) => group.names.some((name) => wanted.has(name))),
  };
}

function throwUnlessDone(
  outcome: { status: 'done' } | { status: 'busy'; since: number } | { status: 'failed'; message: string },
): void {
  if (outcome.status === 'failed') throw new HoldfastError('unavailable', outcome.message);
  if (outcome.status === 'busy')
    throw new HoldfastError('conflict', 'A cell runs in the session. Try again when it has ended.');
}
