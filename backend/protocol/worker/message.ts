import * as z from 'zod';
import { Timestamp } from '../values.ts';

/** What every header between backend and worker begins with. `id` counts up from 1 on each side of each connection. */
function message<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.strictObject({ type: z.literal(type), id: z.int().positive(), timestamp: Timestamp, ...shape });
}

/** Declares a message from the backend to a worker. */
export const toWorker = message;
/** Declares a message from a worker to the backend. */
export const fromWorker = message;

/** Place of a message among the program's output: see `Hello.marker`. Null when that travels with the messages anyway. */
export const Sync = z.int().positive().nullable();
