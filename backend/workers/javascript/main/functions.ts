import type { Capabilities } from './capabilities.ts';
import { effectFunctions } from './effects.ts';
import type { Link } from './link.ts';
import { defineValue } from './primordials.ts';
import { makeProgress } from './progress.ts';
import { questionFunctions } from './questions.ts';
import { makeStore } from './store.ts';

/** The functions of the standard set, as globals; examples/holdfast.d.ts declares them. A cell's own declarations win. */
export function installFunctions(capabilities: Capabilities, link: Link): void {
  const functions = {
    ...questionFunctions(capabilities),
    ...effectFunctions(capabilities),
    store: makeStore(capabilities),
    progress: makeProgress(link, capabilities),
    display: (value: unknown) => capabilities.display(value),
  };
  for (const [name, value] of Object.entries(functions)) defineValue(globalThis, name, value, false);
}
