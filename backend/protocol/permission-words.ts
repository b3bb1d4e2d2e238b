import type { Category } from './security.ts';

/** What a program asks to be allowed to do, as it follows "May this program"; `{0}` is what it does it to. */
export const DEEDS = {
  read: 'read {0}',
  write: 'write {0}',
  delete: 'delete {0}',
  connect: 'connect to {0}',
  listen: 'listen on {0}',
  listen_anywhere: 'listen on a free port of {0}',
  look_up: 'look up {0}',
  run: 'run {0}',
  read_variable: 'read the environment variable {0}',
  set_variable: 'set the environment variable {0}',
  remove_variable: 'remove the environment variable {0}',
  read_environment: 'read all variables of the environment',
  load: 'load native code from {0}',
} as const;
export type Deed = keyof typeof DEEDS;

/** What a prompt has for the environment as a whole. */
export const ALL_VARIABLES = 'all of it';

const LISTENING = new Set(['socket.bind', 'net.listen', 'dgram.bind']);
const LOOKING_UP = /^(?:dns\.|socket\.get)/;
const OF_CATEGORY: Readonly<Record<Category, Deed>> = {
  read: 'read',
  write: 'write',
  delete: 'delete',
  network: 'connect',
  subprocess: 'run',
  environment: 'read_variable',
  native: 'load',
};
const OF_OPERATION: Readonly<Record<string, Deed>> = { 'os.putenv': 'set_variable', 'os.unsetenv': 'remove_variable' };

/** @param operation the function that was called @param target what it touches, as a prompt shows it */
export function deedOf(
  category: Category,
  operation: string,
  target: string,
): { readonly deed: Deed; readonly object: string } {
  if (category === 'network' && LISTENING.has(operation)) {
    const anywhere = /^(.*):0$/.exec(target)?.[1];
    return anywhere === undefined ? { deed: 'listen', object: target } : { deed: 'listen_anywhere', object: anywhere };
  }
  if (category === 'network' && LOOKING_UP.test(operation) && !/:\d+$/.test(target))
    return { deed: 'look_up', object: target };
  if (category === 'environment' && target === ALL_VARIABLES) return { deed: 'read_environment', object: '' };
  return { deed: OF_OPERATION[operation] ?? OF_CATEGORY[category], object: target };
}
