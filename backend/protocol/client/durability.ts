import * as z from 'zod';
import { method } from './method.ts';

/** Where a backend keeps its durable promises. Secrets travel on the authenticated connection only. */
export const Storage = z.discriminatedUnion('kind', [
  /** Files of the workspace's state folder. */
  z.strictObject({ kind: z.literal('embedded') }),
  z.strictObject({
    kind: z.literal('server'),
    /** Of a Resonate server, `http` or `https`, without credentials. */
    url: z.string().min(1).max(2048),
    token: z.string().min(1).max(8192).nullable(),
  }),
  z.strictObject({ kind: z.literal('postgres'), connectionString: z.string().min(1).max(8192) }),
]);
export type Storage = z.infer<typeof Storage>;

/** Whether what happens is kept. */
export const Durability = z.strictObject({
  state: z.enum(['opening', 'kept', 'failed']),
  /** Why it is not, in words. */
  reason: z.string().nullable(),
  storage: z.enum(['embedded', 'server', 'postgres']),
  /** Which server or database, without credentials; null for the embedded storage. */
  place: z.string().nullable(),
});
export type Durability = z.infer<typeof Durability>;

/** Tries whether promises can be kept there, and changes nothing. Fails with `unavailable` or `invalid`, in words for a person. */
export const TestStorage = method('durability.test', z.strictObject({ storage: Storage }), z.strictObject({}));

/**
 * Keeps promises there from now on; answered before it is open. What the storage before holds stays there. One that has failed is tried again.
 * Fails with `invalid`.
 */
export const UseStorage = method(
  'durability.use',
  z.strictObject({ storage: Storage }),
  z.strictObject({ durability: Durability }),
);

/** Tries again to keep promises where they were to be kept, if that has failed. Answered when it is known how that went. */
export const RetryDurability = method(
  'durability.retry',
  z.strictObject({}),
  z.strictObject({ durability: Durability }),
);
