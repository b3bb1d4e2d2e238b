import { writeSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import type { ToMain } from '../shared/messages.ts';
import { killChildren } from './children.ts';
import type { Connection } from './connection.ts';
import type { Inspector } from './inspector.ts';

/** How long the main thread has to leave by itself. */
const PATIENCE_MS = 500;

/**
 * Ends the worker and all it has started, at once, whatever the main thread does. The worker leads its process group: the
 * backend spawns it detached.
 */
export function vanish(reason: string): void {
  try {
    writeSync(2, `Holdfast's JavaScript worker ends: ${reason}\n`);
  } catch (error) {
    // The one who would read it is usually the one who is gone.
    if (!['EPIPE', 'EBADF', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    killGroup();
  }
}

function killGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch (error) {
    if (!['ESRCH', 'EPERM', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  // Not a group leader, or no groups on this system.
  process.kill(process.pid, 'SIGKILL');
}

/** Ends the children, then the process with code 0; by force when the main thread does not let go of its code. */
export function leave(connection: Connection, main: MessagePort, inspector: Inspector): void {
  killChildren(0).then(
    () => {
      inspector.terminate();
      connection.end(() => {
        const message: ToMain = { kind: 'exit' };
        main.postMessage(message);
        setTimeout(() => {
          inspector.terminate();
          main.postMessage(message);
        }, PATIENCE_MS / 10);
        setTimeout(killGroup, PATIENCE_MS);
      });
    },
    (error: Error) => vanish(error.message),
  );
}
