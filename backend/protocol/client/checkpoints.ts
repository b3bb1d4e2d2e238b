import * as z from 'zod';
import { RestoredVariable, StoredVariable } from '../checkpoint.ts';
import { LanguageId, SessionId } from '../values.ts';
import { method } from './method.ts';

export const CheckpointId = z.string().regex(/^[0-9a-z-]{1,64}$/);
export const CheckpointName = z.string().trim().min(1).max(100);

export const CheckpointReference = z.strictObject({
  checkpointId: CheckpointId,
  name: CheckpointName.nullable(),
  createdAt: z.number(),
});
export type CheckpointReference = z.infer<typeof CheckpointReference>;

/** A stored copy of a namespace. */
export const CheckpointInfo = z.strictObject({
  checkpointId: CheckpointId,
  /** Null: it was made by itself, and goes when newer ones of its session come. */
  name: CheckpointName.nullable(),
  /** Of which it was made; it may be gone. */
  sessionId: SessionId,
  sessionName: z.string().max(100),
  language: LanguageId,
  /** Version of the interpreter. */
  version: z.string().max(100),
  createdAt: z.number(),
  /** What it takes, before compression. Parts that other checkpoints have, too, count. */
  bytes: z.int().nonnegative(),
  /** Variables by what happened to them. */
  stored: z.int().nonnegative(),
  source: z.int().nonnegative(),
  imported: z.int().nonnegative(),
  notStored: z.int().nonnegative(),
  /** It was not written by the backend of this workspace: restoring it runs whatever its maker put in. */
  foreign: z.boolean(),
});
export type CheckpointInfo = z.infer<typeof CheckpointInfo>;

/**
 * Copies the namespace of a session that runs nothing. Fails with `conflict` while a cell runs or when the name is taken, with
 * `unavailable` when there is no worker or no room.
 */
export const CreateCheckpoint = method(
  'checkpoints.create',
  z.strictObject({
    sessionId: SessionId,
    /** Null: the time of day. */
    name: CheckpointName.nullable(),
  }),
  z.strictObject({ checkpoint: CheckpointInfo, variables: z.array(StoredVariable) }),
);

/** Newest first. */
export const ListCheckpoints = method(
  'checkpoints.list',
  z.strictObject({}),
  z.strictObject({ checkpoints: z.array(CheckpointInfo) }),
);

/** What a checkpoint holds. Fails with `not_found`. */
export const ReadCheckpoint = method(
  'checkpoints.read',
  z.strictObject({ checkpointId: CheckpointId }),
  z.strictObject({ checkpoint: CheckpointInfo, variables: z.array(StoredVariable) }),
);

/**
 * Merges a checkpoint into a session of its language that runs nothing. Fails with `unauthorized` when it is foreign and not trusted,
 * with `not_found`, `conflict`, `invalid` (another language).
 */
export const RestoreCheckpoint = method(
  'checkpoints.restore',
  z.strictObject({
    sessionId: SessionId,
    /** Null: the newest that was made of this session, or of one of its name and language. */
    checkpointId: CheckpointId.nullable(),
    /** Null: all variables. */
    names: z.array(z.string().min(1).max(1000)).max(10_000).nullable(),
    /** A person knows that restoring runs code, and who made the checkpoint. */
    trusted: z.boolean(),
  }),
  z.strictObject({ checkpoint: CheckpointInfo, variables: z.array(RestoredVariable) }),
);

/** One that was made by itself stays once it has a name. Fails with `not_found`, with `conflict` when the name is taken. */
export const RenameCheckpoint = method(
  'checkpoints.rename',
  z.strictObject({ checkpointId: CheckpointId, name: CheckpointName }),
  z.strictObject({ checkpoint: CheckpointInfo }),
);

export const RemoveCheckpoint = method(
  'checkpoints.remove',
  z.strictObject({ checkpointId: CheckpointId }),
  z.strictObject({}),
);

/** Writes a checkpoint with all its parts to one new file. Fails with `unavailable` when that cannot be written. */
export const ExportCheckpoint = method(
  'checkpoints.export',
  z.strictObject({ checkpointId: CheckpointId, /** Absolute path. */ file: z.string().max(4096) }),
  z.strictObject({ bytes: z.int().nonnegative() }),
);

/** Takes in such a file; what this workspace has not written itself is foreign. Fails with `invalid` when it is none, or damaged. */
export const ImportCheckpoint = method(
  'checkpoints.import',
  z.strictObject({ /** Absolute path. */ file: z.string().max(4096), name: CheckpointName.nullable() }),
  z.strictObject({ checkpoint: CheckpointInfo }),
);
