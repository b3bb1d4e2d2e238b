/**
 * Beside the command a second process waits for the end of fd 3, which is held by the backend: when that comes without a word, the
 * backend has died, and the command's group is killed. It holds none of the command's own pipes.
 */
const GUARD = '{ read -r _ <&3 || kill -KILL -$$; } </dev/null >/dev/null 2>&1 & exec "$@" 3<&-';

/** The command that starts this one so that it does not outlive the backend. Windows has no groups for that. */
export function guarded(argv: readonly string[]): readonly string[] {
  return process.platform === 'win32' ? argv : ['/bin/sh', '-c', GUARD, 'holdfast', ...argv];
}
