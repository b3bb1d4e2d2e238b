import * as z from 'zod';
import { Category, Level } from '../security.ts';
import { toWorker } from './message.ts';

/** What the worker's consent gate lets through by itself, and what it asks for. Sent before the first cell and whenever it changes. */
export const Policy = toWorker('policy', {
  /** Counts up. A new one makes answers that were remembered void. */
  generation: z.int().positive(),
  /** Of the cells that run from now on. */
  level: Level,
  /** For these the host is asked, unless the operation is free. None: the gate does nothing. */
  asks: z.array(Category),
  /** Absolute real paths of the folders that are the workspace. */
  roots: z.array(z.string().max(4096)).max(100),
  /** Reading below `roots` is free. */
  readsFree: z.boolean(),
  /** Writing and deleting below `roots` is free. */
  writesFree: z.boolean(),
  /** Names of the capabilities that user code has. Another one raises PermissionError without asking. */
  injected: z.array(z.string().max(64)).max(2000),
});
