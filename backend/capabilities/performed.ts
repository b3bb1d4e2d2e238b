import type * as z from 'zod';
import type { PromptForm } from '../protocol/prompt-form.ts';
import type { Category, Level } from '../protocol/security.ts';
import type { Stream } from '../protocol/values.ts';
import type { Capability, CapabilityContext } from './capability.ts';
import type { Steps } from './steps.ts';

/** Bytes that a file, a body or an output may have: they travel as the payload of one frame. */
export const MAX_CONTENT_BYTES = 64 * 1024 * 1024;

/** What is about to be done, in the words in which the consent gate asks for the same. */
export type Effect =
  | { readonly category: 'read' | 'write' | 'delete'; readonly operation: string; readonly path: string }
  | {
      readonly category: 'network';
      readonly operation: string;
      readonly host: string;
      readonly port: number | null;
    }
  | {
      readonly category: 'subprocess';
      readonly operation: string;
      readonly argv: readonly string[];
      readonly cwd: string | null;
    }
  | { readonly category: 'environment'; readonly operation: string; readonly name: string | null }
  | { readonly category: 'native'; readonly operation: string; readonly path: string };

type Json = z.infer<ReturnType<typeof z.json>>;

/** What user code gets: JSON, and bytes beside it. */
export interface Performed {
  readonly value: Json;
  readonly payload?: Uint8Array;
}

/** What a person is asked for the host's own sake. */
export interface HostQuestion {
  readonly prompt: string;
  readonly form: PromptForm;
  /** What an answer may be, and what it parses to. */
  readonly answer: z.ZodType;
}

/** What the performing of a capability is given beside its parameters. */
export interface PerformContext extends CapabilityContext {
  /** Absolute path of the session's folder. */
  readonly cwd: string;
  /** The environment that the session's worker was started with. */
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path of the workspace's state folder. */
  readonly stateFolder: string;
  /** Aborted when nobody waits for the answer any more: what is under way ends, and tells nothing. */
  readonly signal: AbortSignal;
  /** The effects that were judged need not be asked for again while the policy stays. */
  readonly remember: boolean;
  /** Real path of the file or folder that was judged: it is this that is touched, whatever the given path leads to by now. */
  readonly touched: string | null;
  /** What the execution that asks may do. */
  readonly level: Level;
  /** The finished steps of the session's cells. */
  readonly steps: Steps;
  /** Settles with the answer; null when there is none. Rejects when nobody waits for it any more. */
  ask(question: HostQuestion): Promise<unknown>;
  /** Settles when it is allowed. Rejects with a `CapabilityError` of code `denied`, `timeout` or `closed`. */
  judge(effect: Effect): Promise<void>;
  /** Puts bytes among the execution's output. Settles when there is room for more. */
  output(stream: Stream, bytes: Uint8Array): Promise<void>;
}

/** The backend does it, once its effects have been allowed. */
export interface PerformedCapability<Params extends z.ZodType = z.ZodType> {
  readonly kind: 'request_response' | 'streaming';
  /** As user code's request names it. */
  readonly name: string;
  /** Of its effect: it is there when the level may allow that. Without one it always is, and what the gate asks for, too. */
  readonly category?: Category;
  readonly params: Params;
  /** What is judged, one after the other, before anything is done. @param env that the worker was started with */
  effects(params: z.infer<Params>, env: NodeJS.ProcessEnv): readonly Effect[] | Promise<readonly Effect[]>;
  /**
   * @param payload the bytes that came with the request.
   * @throws CapabilityError
   */
  perform(params: z.infer<Params>, context: PerformContext, payload: Uint8Array): Promise<Performed>;
}

export function performed<Params extends z.ZodType>(capability: PerformedCapability<Params>): Capability {
  return capability as unknown as Capability;
}
