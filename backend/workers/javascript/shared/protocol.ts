import type { PROTOCOL_VERSION } from '../../../protocol/values.ts';

/** Repeated here, held equal by its type: importing the value would load zod into the worker, 17 ms of its start. */
export const PROTOCOL: typeof PROTOCOL_VERSION = 1;
