import type { DurablePromises } from '../durable/durable-promises.ts';
import type { ExecutionHistory } from '../durable/execution-history.ts';
import type { PromptRecords } from '../durable/prompt-records.ts';
import type { Machines } from '../machines/machines.ts';
import type { Grant } from '../protocol/client/index.ts';
import type { Security } from '../protocol/security.ts';
import type { LanguageId } from '../workers/language.ts';
import type { Session } from './session.ts';

export interface CreateOptions {
  readonly language: LanguageId;
  readonly name: string | null;
  readonly reuse: boolean;
  readonly ephemeral: boolean;
  readonly interpreter: string | null;
  readonly cwd: string | null;
  readonly env: Record<string, string> | null;
  readonly envFile: string | null;
  /** Whether the system is to enforce what the level denies. */
  readonly floor: boolean;
  /** Machines on one of which it runs; null: here. */
  readonly group: string | null;
  readonly security: Security | null;
}

export interface SessionsListener {
  changed(session: Session): void;
  removed(sessionId: string): void;
  grantsChanged(grants: readonly Grant[]): void;
  checkpointsChanged(): void;
  stepsChanged(): void;
}

export interface SessionsOptions {
  /** Absolute path. */
  readonly workspace: string;
  /** Absolute path of the built workers. */
  readonly workers: string;
  /** Absolute path of the folder for the sessions' output. */
  readonly output: string;
  /** Absolute path of the workspace's state folder. */
  readonly stateFolder: string;
  /** Absolute path of the folder for checkpoints. */
  readonly checkpoints: string;
  /** Absolute path of the folder for the values of steps. */
  readonly steps: string;
  readonly promises: DurablePromises;
  /** What is kept of executions. */
  readonly history: ExecutionHistory;
  /** What is kept of questions. */
  readonly prompts: PromptRecords;
  /** Other machines that sessions may run on. */
  readonly machines: Machines;
  /** Absolute path of the file that remembers what interpreters said of themselves. */
  readonly answers: string;
  /** Absolute path of the file that tells a later backend of the sessions. */
  readonly records: string;
}
