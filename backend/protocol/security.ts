import * as z from 'zod';

/** From the strictest to the one that asks nothing: see `backend/capabilities/policy/levels.ts`. */
export const LEVELS = ['sandbox', 'restricted', 'standard', 'trusted', 'unrestricted'] as const;
export const Level = z.enum(LEVELS);
export type Level = z.infer<typeof Level>;

/** What an operation of a program does to the world outside it. */
export const CATEGORIES = ['read', 'write', 'delete', 'network', 'subprocess', 'environment', 'native'] as const;
export const Category = z.enum(CATEGORIES);
export type Category = z.infer<typeof Category>;

/** Who asked for an execution: a person, a language model's agent, or another extension. */
export const Origin = z.enum(['person', 'agent', 'extension']);
export type Origin = z.infer<typeof Origin>;

/** Names of capabilities and categories. */
const Names = z.array(z.string().min(1).max(64)).max(100);

/** What is asked for beside the defaults. */
export const Security = z.strictObject({
  /** Null: the default of who asks. One that is looser than the session's does not count. */
  level: Level.nullable(),
  allow: Names,
  deny: Names,
});
export type Security = z.infer<typeof Security>;

/** How long an answer to a permission prompt holds. */
export const Scope = z.enum(['once', 'session', 'workspace', 'always']);
export type Scope = z.infer<typeof Scope>;
