import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import { logError } from '../log.ts';
import type { RestoredVariable } from '../protocol/checkpoint.ts';
import { type CheckpointReference, MAX_RECOVERED, type Recovery } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Held } from './automatic-checkpoints.ts';
import { restoreCheckpoint } from './checkpoint-requests.ts';
import type { Session } from './session.ts';

/** What a worker had when it went away. */
export interface Loss {
  /** Names of its variables, as far as they were known; null: its backend is gone, too. */
  readonly names: readonly string[] | null;
  readonly held: Held;
  /** A person cancelled what took it with it. */
  readonly cancelled: boolean;
  /** Unix milliseconds: checkpoints of before are of variables that were thrown away. */
  readonly emptiedAt: number;
}

/** Brings back into a new worker what the last checkpoint of the one before has, but for what was deleted since. */
export async function recover(session: Session, store: CheckpointStore, loss: Loss): Promise<Recovery> {
  let reason = 'No checkpoint had been made.';
  try {
    const checkpoints = loss.names ? loss.held.checkpoints : await ofEarlierBackend(session, store, loss);
    for (const [newer, { checkpointId }] of checkpoints.entries()) {
      try {
        return await bringBack(session, store, loss, { checkpointId, isNewest: newer === 0 });
      } catch (error) {
        // One that was removed: an older one may be there.
        if (!(error instanceof HoldfastError) || error.code !== 'not_found') throw error;
        reason = error.message;
      }
    }
  } catch (error) {
    if (!(error instanceof HoldfastError)) logError('A checkpoint could not be restored', error);
    reason = (error as Error).message;
  }
  return nothing(loss, reason);
}

async function bringBack(
  session: Session,
  store: CheckpointStore,
  loss: Loss,
  { checkpointId, isNewest }: { checkpointId: string; isNewest: boolean },
): Promise<Recovery> {
  const { since } = loss.held;
  const names = await namesWithout(since.deleted, store, checkpointId);
  const { checkpoint, variables } = await restoreCheckpoint(session, store, { checkpointId, names, trusted: false });
  session.checkpoints.holds(checkpoint, { deleted: since.deleted });
  const { name, createdAt } = checkpoint;
  // What has changed is known since the newest only.
  const isNewer = (one: string) => !isNewest || since.incomplete || since.changed.has(one);
  return { checkpoint: { checkpointId, name, createdAt }, ...compare(loss, variables, isNewer) };
}

/** One of another session of that name is for a person to choose. */
export async function ofEarlierBackend(
  { id, name, options }: Session,
  store: CheckpointStore,
  { emptiedAt }: Loss,
): Promise<CheckpointReference[]> {
  const newest = await store.newest({ id, name, language: options.language.id });
  return newest?.sessionId === id && newest.createdAt >= emptiedAt ? [newest] : [];
}

/** Null: all of them. */
async function namesWithout(
  deleted: ReadonlySet<string>,
  store: CheckpointStore,
  checkpointId: string,
): Promise<string[] | null> {
  if (deleted.size === 0) return null;
  const { manifest } = await store.read(checkpointId);
  return manifest.variables.map(({ name }) => name).filter((name) => !deleted.has(name));
}

function compare(
  loss: Loss,
  variables: readonly RestoredVariable[],
  isNewer: (name: string) => boolean,
): Omit<Recovery, 'checkpoint'> {
  const back = new Map(variables.map((variable) => [variable.name, variable]));
  const names = loss.names ?? [...back.keys()];
  const isBack = (name: string) => (back.get(name)?.how ?? 'lost') !== 'lost';
  return {
    known: loss.names !== null,
    restored: names.filter((name) => isBack(name) && !isNewer(name)).slice(0, MAX_RECOVERED),
    older: names.filter((name) => isBack(name) && isNewer(name)).slice(0, MAX_RECOVERED),
    lost: names
      .filter((name) => !isBack(name))
      .slice(0, MAX_RECOVERED)
      .map((name) => ({ name, reason: back.get(name)?.reason ?? 'It was made after the checkpoint.' })),
  };
}

function nothing({ names }: Loss, reason: string): Recovery {
  const lost = (names ?? []).slice(0, MAX_RECOVERED).map((name) => ({ name, reason: reason.slice(0, 500) }));
  return { checkpoint: null, known: names !== null, restored: [], older: [], lost };
}
