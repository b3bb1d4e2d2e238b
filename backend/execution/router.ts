import { logError } from '../log.ts';
import type { Dialect, Mode } from '../protocol/values.ts';
import { parseProgram } from './router/parse.ts';
import { Aliases } from './router/scope.ts';
import { surveyCell } from './router/survey.ts';

/** UTF-16 code units. A larger cell is data rather than a program, and parsing it would hold up every session. */
const MAX_CODE = 64 * 1024;

/**
 * Finds the mode of JavaScript and TypeScript cells (DESIGN.md §6) from their syntax. One for each worker's life: names that earlier
 * cells gave to modules and functions are known in later ones, and forgotten with the worker.
 */
export class Router {
  readonly #aliases = new Aliases();

  /** Never throws: what cannot be read, or is too large, is `unknown`, and so is Python, whose worker finds its modes itself. */
  modeOf(code: string, dialect: Dialect): Mode {
    if (dialect === 'python' || code.length > MAX_CODE) return 'unknown';
    try {
      const program = parseProgram(code, dialect);
      if (!program) return 'unknown';
      const { awaits, blocks, definesAsync, opaque } = surveyCell(program, this.#aliases);
      if (awaits) return 'top_level_await';
      if (blocks) return 'blocking_sync';
      if (definesAsync) return 'async_def';
      return opaque ? 'unknown' : 'simple_sync';
    } catch (error) {
      // Code nested so deeply that the walk runs out of stack. Anything else is a bug, which must not keep a cell from running.
      if (!(error instanceof RangeError)) logError('The mode of a cell could not be found', error);
      return 'unknown';
    }
  }
}
