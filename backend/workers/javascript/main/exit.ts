import { Word } from '../shared/memory.ts';
import type { Link } from './link.ts';
import { apply, wait } from './primordials.ts';

/** How long an exit waits for the control thread: a backend that reads no more must not keep the process. */
const RELEASE_MS = 2000;

type ReallyExit = (code?: number) => never;

/**
 * Gives `process.reallyExit`, which leaves without running user code, the last words: the control thread sends what was printed,
 * and lets go of the inspector, before the process ends. `process.exit` ends the cell only.
 */
export function installExit(link: Link): ReallyExit {
  const native = process as typeof process & { reallyExit: ReallyExit };
  const { reallyExit } = native;
  const leave: ReallyExit = (code) => {
    link.send({ kind: 'leaving' });
    wait(link.memory.words, Word.released, 0, RELEASE_MS);
    return apply(reallyExit, process, [code]) as never;
  };
  native.reallyExit = leave;
  return leave;
}
