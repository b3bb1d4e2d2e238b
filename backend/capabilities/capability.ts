import type * as z from 'zod';

/** A named thing that user code may ask the host for. One file each, listed in `index.ts`. */
export interface Capability<Params extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** `human`: a person answers, through a prompt. */
  readonly kind: 'human';
  readonly params: Params;
  readonly answer: Answer;
  /** What a prompt shows for it. */
  describe(params: z.infer<Params>): { readonly prompt: string; readonly secret: boolean };
}
