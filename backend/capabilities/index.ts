import { approve } from './approve.ts';
import type { Capability } from './capability.ts';
import { choose } from './choose.ts';
import { input } from './input.ts';
import { notify } from './notify.ts';
import { pickFile } from './pick-file.ts';
import { review } from './review.ts';

/** THE list of capabilities. A new one is a file beside this one and a line here. */
export const capabilities: readonly Capability[] = [input, approve, choose, pickFile, review, notify];
