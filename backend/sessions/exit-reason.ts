import type { WorkerExit } from './worker-process.ts';

/** Says in one sentence why a worker is gone. */
export function describeExit({ code, signal, fault, stderrTail }: WorkerExit): string {
  if (fault) return `The worker was ended: ${fault.message}`;
  // Node aborts the whole process at its heap limit; nothing inside it can report that.
  if (/JavaScript heap out of memory|Reached heap limit/.test(stderrTail)) {
    return 'The worker ran out of memory (its JavaScript heap limit). NODE_OPTIONS=--max-old-space-size=… raises it.';
  }
  if (signal === 'SIGKILL')
    return 'The worker was killed by SIGKILL: by the system when memory ran out, or by another process.';
  if (signal) return `The worker was ended by the signal ${signal}.`;
  return `The worker exited with code ${code}.`;
}
