/** Where an interpreter belongs, for a person: what is nearest to their work comes first. */
export const GROUPS = ['configured', 'workspace', 'environment', 'installed'] as const;
export type Group = (typeof GROUPS)[number];

/** A program that may be an interpreter. */
export interface Candidate {
  /** Absolute path; there or not. */
  readonly file: string;
  /** Name of its environment; empty when it has none. */
  readonly name: string;
  readonly group: Group;
}

/** What a search may look at. Paths are absolute. */
export interface SearchScope {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly folders: readonly string[];
  readonly platform: NodeJS.Platform;
}
