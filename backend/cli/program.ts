import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { commands } from './commands/index.ts';
import { EXIT } from './failure.ts';

/** The command line. Every command is a client of the workspace's backend. */
export function program(): Command {
  const holdfast = new Command('holdfast')
    .description('Run Python, JavaScript and TypeScript in sessions that live on.')
    .version(VERSION)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.succeeded : EXIT.usage));
  for (const declare of commands) declare(holdfast);
  return holdfast;
}
