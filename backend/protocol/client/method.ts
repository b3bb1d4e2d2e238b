import type * as z from 'zod';

/** One request that a client may make. Its schemas are its contract: both sides check with them. */
export interface Method<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly params: Params;
  readonly result: Result;
}

export function method<Params extends z.ZodType, Result extends z.ZodType>(
  name: string,
  params: Params,
  result: Result,
): Method<Params, Result> {
  return { name, params, result };
}

export type ParamsOf<M> = M extends Method<infer P, z.ZodType> ? z.infer<P> : never;
export type ResultOf<M> = M extends Method<z.ZodType, infer R> ? z.infer<R> : never;
