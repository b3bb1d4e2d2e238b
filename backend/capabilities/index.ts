import type { Capability } from './capability.ts';
import { input } from './input.ts';

// Each entry keeps its own schemas together; the list only knows that they have some.
/** THE list of capabilities. A new one is a file beside this one and a line here. */
export const capabilities: readonly Capability[] = [input as unknown as Capability];
