import util from 'node:util';
import { describeThrown } from './thrown.ts';

// Taken before user code can replace it.
const { inspect } = util;

/** `process.exit` in a cell: it ends the cell, not the session. */
class ExitError extends Error {
  override name = 'ExitError';
  readonly code: number | string | null | undefined;

  constructor(code: number | string | null | undefined) {
    super(
      `process.exit(${code === undefined ? '' : inspect(code)}) ends this cell, not the session. To end the session, restart or kill it.`,
    );
    this.code = code;
  }
}

/**
 * Keeps the session alive through what user code does outside its cell: an error in a timer, a rejection nobody handles,
 * `process.exit`. Errors go to standard error, as the session's output.
 */
export function installBackground(): void {
  const { emit, listenerCount } = process;
  const { stderr } = process;
  const write = stderr.write;
  const report = (title: string, error: unknown) => {
    Reflect.apply(write, stderr, [`${title}\n${describeThrown(error).text}\n`]);
  };
  const { apply } = Reflect;
  // Unlike a listener, it cannot be removed by `removeAllListeners`, and it works while a listener of the user throws.
  process.setUncaughtExceptionCaptureCallback((error) => {
    if (apply(listenerCount, process, ['uncaughtException']) > 0) {
      apply(emit, process, ['uncaughtException', error, 'uncaughtException']);
      return;
    }
    report('Uncaught error outside of a cell:', error);
  });
  process.on('unhandledRejection', (reason) => {
    if (apply(listenerCount, process, ['unhandledRejection']) > 1) return;
    report('Unhandled rejection:', reason);
  });
  process.exit = (code?: number | string | null): never => {
    throw new ExitError(code);
  };
}
