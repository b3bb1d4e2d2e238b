import { approve } from './approve.ts';
import { type Capability, partsOf } from './capability.ts';
import { choose } from './choose.ts';
import { env } from './env.ts';
import { fetch } from './fetch.ts';
import { gate } from './gate.ts';
import { input } from './input.ts';
import { listFiles } from './list-files.ts';
import { notify } from './notify.ts';
import { pickFile } from './pick-file.ts';
import { readFile } from './read-file.ts';
import { review } from './review.ts';
import { shell } from './shell.ts';
import { step } from './step.ts';
import { store } from './store.ts';
import { writeFile } from './write-file.ts';

/** THE list of capabilities. A new one is a file beside this one and a line here. */
export const capabilities: readonly Capability[] = [
  input,
  approve,
  choose,
  pickFile,
  review,
  notify,
  readFile,
  writeFile,
  listFiles,
  fetch,
  shell,
  env,
  store,
  step,
  ...gate,
];

/** Functions of the standard set that ask for nothing, since they only show: what they show comes as messages of their own. */
export const SHOWN: readonly string[] = ['display', 'progress'];

/** What the options of a run allow and deny by name. */
export const permissions: readonly string[] = [
  ...capabilities.flatMap((one) => [one.name, ...Object.keys(partsOf(one))]),
  ...SHOWN,
];
