import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import { logError } from '../log.ts';
import type { RestoredVariable } from '../protocol/checkpoint.ts';
import { MAX_RECOVERED, type Recovery } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { restoreCheckpoint } from './checkpoint-requests.ts';
import type { Session } from './session.ts';

/** What a worker had when it went away. */
export interface Loss {
  /** Names of its variables, as far as they were known; null: its backend is gone, too. */
  readonly names: readonly string[] | null;
  /** Those that had changed since the last checkpoint. */
  readonly newer: ReadonlySet<string>;
  /** A person cancelled what took it with it. */
  readonly cancelled: boolean;
  /** Unix milliseconds: checkpoints of before are of variables that were thrown away. */
  readonly emptiedAt: number;
}

/** Brings back into a new worker what the last checkpoint of its session has. */
export async function recover(session: Session, store: CheckpointStore, loss: Loss): Promise<Recovery> {
  try {
    const own = { id: session.id, name: session.name, language: session.options.language.id };
    const newest = await store.newest(own);
    // One of another session of that name is for a person to choose.
    if (newest?.sessionId !== session.id || newest.createdAt < loss.emptiedAt)
      return nothing(loss, 'No checkpoint had been made.');
    const request = { checkpointId: newest.checkpointId, names: null, trusted: false };
    const { checkpoint, variables } = await restoreCheckpoint(session, store, request);
    const { checkpointId, name, createdAt } = checkpoint;
    return { checkpoint: { checkpointId, name, createdAt }, ...compare(loss, variables) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) logError('A checkpoint could not be restored', error);
    return nothing(loss, (error as Error).message);
  }
}

function compare(loss: Loss, variables: readonly RestoredVariable[]): Omit<Recovery, 'checkpoint'> {
  const { newer } = loss;
  const back = new Map(variables.map((variable) => [variable.name, variable]));
  const names = loss.names ?? [...back.keys()];
  const isBack = (name: string) => (back.get(name)?.how ?? 'lost') !== 'lost';
  return {
    known: loss.names !== null,
    restored: names.filter((name) => isBack(name) && !newer.has(name)).slice(0, MAX_RECOVERED),
    older: names.filter((name) => isBack(name) && newer.has(name)).slice(0, MAX_RECOVERED),
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
