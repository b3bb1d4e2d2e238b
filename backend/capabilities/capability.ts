import type * as z from 'zod';
import type { PromptForm } from '../protocol/prompt-form.ts';
import type { Location } from '../protocol/worker/capability.ts';
import type { PerformedCapability } from './performed.ts';

interface Named<Params extends z.ZodType> {
  /** As user code's request names it. */
  readonly name: string;
  readonly params: Params;
}

/** A person answers, through a prompt. */
export interface HumanCapability<Params extends z.ZodType = z.ZodType> extends Named<Params> {
  readonly kind: 'human';
  /** What can be denied of it by a name of its own, and which requests that is. */
  readonly parts?: Readonly<Record<string, (params: z.infer<Params>) => boolean>>;
  /** What a prompt shows for it. */
  describe(params: z.infer<Params>): { readonly prompt: string; readonly form: PromptForm };
  /** What an answer may be. It comes from an editor, a terminal or another program; what it parses to goes to user code, as JSON. */
  answer(params: z.infer<Params>): z.ZodType;
}

/** What a capability may do for the program that asks. */
export interface CapabilityContext {
  readonly executionId: string | null;
  readonly location: Location | null;
  /** Shows a message to the person, in every window. */
  notify(level: NoticeLevel, message: string): void;
}

export type NoticeLevel = 'information' | 'warning' | 'error';

/** It is done at once, and there is nothing to answer. */
export interface SendOnlyCapability<Params extends z.ZodType = z.ZodType> extends Named<Params> {
  readonly kind: 'send_only';
  perform(params: z.infer<Params>, context: CapabilityContext): void;
}

/** A named thing that user code may ask the host for. One file each, listed in `index.ts`. */
export type Capability = HumanCapability | SendOnlyCapability | PerformedCapability;

/** See `HumanCapability.parts`; the others have none. */
export function partsOf(capability: Capability): Required<HumanCapability>['parts'] {
  return (capability.kind === 'human' && capability.parts) || {};
}

// Each entry keeps its own schemas together; the list only knows that they have some.
export function human<Params extends z.ZodType>(capability: Omit<HumanCapability<Params>, 'kind'>): Capability {
  return { kind: 'human', ...capability } as unknown as Capability;
}

export function sendOnly<Params extends z.ZodType>(capability: Omit<SendOnlyCapability<Params>, 'kind'>): Capability {
  return { kind: 'send_only', ...capability } as unknown as Capability;
}
