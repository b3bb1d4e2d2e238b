import * as z from 'zod';

/** Variables in one checkpoint. Where there are more, the last of them is not stored, and its reason names those after it, as far as they fit. */
export const MAX_CHECKPOINT_VARIABLES = 10_000;

const Name = z.string().min(1).max(1000);

/** What happened to one variable when a checkpoint was made. */
export const StoredVariable = z.strictObject({
  name: Name,
  /** The type's own name. */
  type: z.string().max(200),
  /** `stored`: its value; `source`: the text that defined it, which is run again; `import`: where it was imported from. */
  how: z.enum(['stored', 'source', 'import', 'not_stored']),
  /** Of the value as it was written; 0 for what is not stored. Variables of one group share their bytes. */
  bytes: z.int().nonnegative(),
  /** Why it is not stored, or what will be different; null when there is nothing to say. */
  reason: z.string().max(500).nullable(),
});
export type StoredVariable = z.infer<typeof StoredVariable>;

/** The text of a definition, run again where it stood. */
export const Definition = z.strictObject({
  name: Name,
  /** Whole lines, as they stand in the file. */
  text: z.string(),
  /** As in `Source`: what tracebacks call the file, its path when it has one, and the line of the text's first character. */
  file: z.string().max(4096),
  path: z.string().max(4096).nullable(),
  line: z.int().positive(),
});
export type Definition = z.infer<typeof Definition>;

/** A name that an import bound. `member` null: the module itself. `folder`: from where it was found; null: from anywhere. */
export const Import = z.strictObject({
  name: Name,
  module: z.string().max(4096),
  member: z.string().max(1000).nullable(),
  path: z.string().max(4096).nullable(),
});

/** Variables that share objects, written together so that they still do when they are restored. */
export const Group = z.strictObject({
  names: z.array(Name).min(1),
  /** How it was written: the name of the serializer. */
  format: z.string().max(100),
  /** Numbers of its parts, the main one first. */
  parts: z.array(z.int().nonnegative()).min(1),
  /** What the serializer cannot say itself, for the language's own use. */
  extra: z.json(),
});

/** What a checkpoint consists of, but for the bytes of its parts. In the order of definition. */
export const CheckpointManifest = z.strictObject({
  variables: z.array(StoredVariable).max(MAX_CHECKPOINT_VARIABLES),
  definitions: z.array(Definition),
  imports: z.array(Import),
  groups: z.array(Group),
});
export type CheckpointManifest = z.infer<typeof CheckpointManifest>;

/** What became of one variable when a checkpoint was restored. */
export const RestoredVariable = z.strictObject({
  name: Name,
  /** `restored`: its value; `rebuilt`: by its source; `imported` anew; `lost`. */
  how: z.enum(['restored', 'rebuilt', 'imported', 'lost']),
  /** Why it is lost, or what is different; null when there is nothing to say. */
  reason: z.string().max(500).nullable(),
});
export type RestoredVariable = z.infer<typeof RestoredVariable>;

export const RestoreReport = z.strictObject({ variables: z.array(RestoredVariable) });
export type RestoreReport = z.infer<typeof RestoreReport>;
