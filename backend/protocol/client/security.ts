import * as z from 'zod';
import { Category, Level, Origin, Scope } from '../security.ts';
import { SessionId } from '../values.ts';
import { Location } from '../worker/capability.ts';
import { method } from './method.ts';

/** A remembered answer to a permission prompt. */
export const Grant = z.strictObject({
  grantId: z.string().regex(/^[0-9a-z-]{1,64}$/),
  effect: z.enum(['allow', 'deny']),
  category: Category,
  /** What it covers, as the prompt showed it; `*` is everything of its category, `…/**` a folder. */
  target: z.string().max(20_000),
  /** Of a command only this is compared, its SHA-256 in hex, and `target` leaves out what may be a password. Null for all else. */
  digest: z.string().length(64).nullable(),
  scope: Scope.exclude(['once']),
  /** Whose executions it holds for. */
  origin: Origin,
  /** Null unless it holds for one session. */
  sessionId: SessionId.nullable(),
  /** Unix milliseconds. */
  createdAt: z.number(),
  /** The line that asked. */
  location: Location.nullable(),
});
export type Grant = z.infer<typeof Grant>;

export const ListGrants = method('grants.list', z.strictObject({}), z.strictObject({ grants: z.array(Grant) }));

/** From now on it is asked again. Fails with `not_found`. */
export const RevokeGrant = method(
  'grants.revoke',
  z.strictObject({ grantId: Grant.shape.grantId }),
  z.strictObject({}),
);

/** In force at once. What another than a person runs stays at the stricter of this and its own level. */
export const SetSessionLevel = method(
  'sessions.set_level',
  z.strictObject({ sessionId: SessionId, level: Level }),
  z.strictObject({}),
);

/** What was decided, and by what. A line of the audit log. */
export const AuditEntry = z.strictObject({
  /** Unix milliseconds. */
  at: z.number(),
  sessionId: z.string(),
  executionId: z.string().nullable(),
  origin: Origin,
  category: Category,
  /** `open`, `fetch`, … */
  operation: z.string().max(200),
  target: z.string().max(20_000),
  decision: z.enum(['allow', 'deny']),
  /** What decided: the level, a setting, an option of the run, a grant, a person who was asked, or that nobody answered. */
  by: z.enum(['level', 'setting', 'option', 'grant', 'person', 'timeout', 'closed']),
  location: Location.nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The newest entries of the audit log, oldest first. */
export const ReadAudit = method(
  'security.audit',
  z.strictObject({ count: z.int().positive().max(1000) }),
  z.strictObject({ entries: z.array(AuditEntry), /** Absolute path. */ file: z.string() }),
);

/** Patterns by category, as in the settings. */
export const Patterns = z.partialRecord(Category, z.array(z.string().min(1).max(4096)).max(1000));
export type Patterns = z.infer<typeof Patterns>;

export const SecuritySettings = z.strictObject({
  /** What executions may do, by who asks for them, unless something stricter holds. */
  levels: z.strictObject({ person: Level, agent: Level, extension: Level }),
  /** What is allowed without asking, and what is denied. Denied wins. */
  allow: Patterns,
  deny: Patterns,
  /** Milliseconds until a prompt that nobody answers is a TimeoutError; null: it waits. */
  promptTimeoutMs: z
    .int()
    .positive()
    .max(7 * 24 * 3_600_000)
    .nullable(),
});
export type SecuritySettings = z.infer<typeof SecuritySettings>;

export const DEFAULT_SECURITY: SecuritySettings = {
  levels: { person: 'trusted', agent: 'restricted', extension: 'restricted' },
  allow: {},
  deny: {},
  promptTimeoutMs: null,
};
