import type { ExternalCapabilities } from '../capabilities/external.ts';
import type { WorkspaceSecurity } from '../capabilities/policy/workspace-security.ts';
import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import type { ExecutionHistory } from '../durable/execution-history.ts';
import type { PromptRecords } from '../durable/prompt-records.ts';
import type { StepStore } from '../durable/steps/step-store.ts';
import type { SessionMachine } from '../machines/session-machine.ts';
import type { BackendSettings } from '../protocol/client/index.ts';
import type { Security } from '../protocol/security.ts';
import type { Floor, Interpreter, Language } from '../workers/language.ts';
import type { EarlyWorker } from './early-worker.ts';
import type { Pool } from './pool.ts';
import type { Session } from './session.ts';
import type { SessionRecord } from './session-records.ts';

/** What a session is made of. */
export interface SessionOptions {
  readonly name: string;
  readonly language: Language;
  readonly interpreter: Interpreter;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path of a file whose variables are added to `env`, read at each start of a worker. */
  readonly envFile: string | null;
  /** What the system is to hold its workers with. */
  readonly floor: Floor | null;
  readonly ephemeral: boolean;
  /** Absolute path of the built workers. */
  readonly workers: string;
  /** Absolute path of the folder below which each session has one for its output. */
  readonly output: string;
  /** Absolute path of the workspace's state folder. */
  readonly stateFolder: string;
  readonly checkpoints: CheckpointStore;
  readonly history: ExecutionHistory;
  readonly prompts: PromptRecords;
  readonly steps: StepStore;
  readonly workspaceSecurity: WorkspaceSecurity;
  /** What other programs offer to the code that runs here. */
  readonly external: ExternalCapabilities;
  /** Where its workers run; null: here. */
  readonly machine: SessionMachine | null;
  /** What its executions may do; null: what is usual. */
  readonly security: Security | null;
  /** It was one of an earlier backend. */
  readonly record: SessionRecord | null;
  /** Has a started worker, perhaps. */
  readonly pool: Pool;
  /** Was started while the interpreter was asked, perhaps. */
  readonly early: EarlyWorker | null;
  /** What is in force now. */
  readonly settings: () => BackendSettings;
  /** Told when what `info` says may have changed. */
  readonly changed: (session: Session) => void;
}
