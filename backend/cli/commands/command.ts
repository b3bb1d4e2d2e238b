import { type Command, InvalidArgumentError } from 'commander';
import { HoldfastError } from '../../protocol/errors.ts';
import type { BackendClient } from '../../rpc/client.ts';
import { connect, leftSessions } from '../connect.ts';

/** Adds one command to `holdfast`. */
export type Declare = (holdfast: Command) => void;

/** Flags that several commands have. */
export interface Common {
  readonly workspace: string;
  readonly json?: boolean;
  readonly python?: string;
  readonly node?: string;
}

/** What an argument that is a session takes. */
export const SESSION = 'its name, or the beginning of its id';

export function command(parent: Command, name: string, json = true): Command {
  const made = parent
    .command(name)
    .option('--workspace <folder>', 'the folder whose backend is used', process.cwd())
    .showHelpAfterError('(--help says more)');
  return json ? made.option('--json', 'one JSON object a line') : made;
}

export function interpreterOptions(made: Command): Command {
  return made
    .option('--python <path>', 'the Python interpreter')
    .option('--node <path>', 'the Node that runs JavaScript and TypeScript');
}

export const interpretersOf = ({ python, node }: Common) => ({ python, javascript: node });

/** For an option that is repeatable. */
export function append(value: string, before: string[]): string[] {
  return [...before, value];
}

export function count(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1 on.');
  return Number(text);
}

/** As `count`, from 0 on. */
export function cursor(text: string): number {
  return text === '0' ? 0 : count(text);
}

/**
 * Runs an action against the backend that is there.
 * @param whenNone what is printed when there is none, `start` to start one; without it that is an error.
 */
export async function withBackend(
  flags: Common,
  action: (client: BackendClient) => Promise<void>,
  whenNone?: string,
): Promise<void> {
  let client: BackendClient;
  try {
    client = await connect(flags.workspace, whenNone === 'start');
  } catch (error) {
    if (whenNone === undefined || !(error instanceof HoldfastError) || error.code !== 'not_found') throw error;
    process.stdout.write(whenNone);
    return;
  }
  try {
    await action(client);
  } finally {
    client.close();
  }
}

/** As `withBackend`, for what concerns sessions: those of a backend that is gone come back with the next one, so that is started. */
export async function withSessions(
  flags: Common,
  action: (client: BackendClient) => Promise<void>,
  whenNone?: string,
): Promise<void> {
  await withBackend(flags, action, (await leftSessions(flags.workspace)) ? 'start' : whenNone);
}
