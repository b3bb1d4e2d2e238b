import type { Capabilities } from './capabilities.ts';
import { effectFunctions } from './effects.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import { defineValue } from './primordials.ts';
import { makeProgress } from './progress.ts';
import { questionFunctions } from './questions.ts';
import { makeStep } from './step.ts';
import { makeStore } from './store.ts';

/** The functions of the standard set, as globals; examples/holdfast.d.ts declares them. A cell's own declarations win. */
export function installFunctions(capabilities: Capabilities, link: Link, namespace: Namespace): void {
  const functions = {
    ...questionFunctions(capabilities),
    ...effectFunctions(capabilities),
    store: makeStore(capabilities),
    step: makeStep(capabilities, link, namespace),
    progress: makeProgress(link, capabilities),
    display: (value: unknown) => capabilities.display(value),
  };
  for (const [name, value] of Object.entries(functions)) defineValue(globalThis, name, value, false);
}
