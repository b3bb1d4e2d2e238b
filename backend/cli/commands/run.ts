import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { permissions } from '../../capabilities/index.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { LEVELS, type Level } from '../../protocol/security.ts';
import { Dialect } from '../../protocol/values.ts';
import { Answers } from '../answers.ts';
import { connect } from '../connect.ts';
import { readInput } from '../input-files.ts';
import { jsonReporter } from '../json-reporter.ts';
import { EDITED_STEPS, type EditedSteps, run } from '../run.ts';
import { transcriptReporter } from '../transcript-reporter.ts';
import { append, type Common, command, type Declare, interpreterOptions, interpretersOf } from './command.ts';

interface RunFlags extends Common {
  readonly session?: string;
  readonly language?: Dialect;
  readonly keepGoing?: boolean;
  readonly answer: string[];
  readonly cancelAfter?: number;
  readonly dotenv?: string;
  readonly level?: Level;
  readonly floor?: true;
  readonly on?: string;
  readonly allow: string[];
  readonly deny: string[];
  readonly editedSteps?: EditedSteps;
}

export const runCommand: Declare = (holdfast) => {
  interpreterOptions(command(holdfast, 'run'))
    .description('run files cell by cell')
    .argument('<file...>', 'files to run; - reads standard input')
    .option('--session <name>', 'use, or create and keep, the session of that name')
    .addOption(new Option('--language <language>', 'what the input is written in').choices(Dialect.options))
    .option('--keep-going', 'go on after a cell that failed')
    .option('--answer <text>', 'the answer to the next prompt; repeatable', append, [])
    // Not `--env-file`: Node itself takes that one, wherever it stands.
    .option('--dotenv <file>', 'NAME=value lines that are added to the environment of a new session')
    .addOption(new Option('--level <level>', 'what the cells may do').choices(LEVELS))
    .option('--allow <what>', 'allow that without asking; repeatable', permission, [])
    .option('--deny <what>', 'deny that; repeatable', permission, [])
    .option('--on <group>', 'run on a machine of that group (`holdfast worker`), in a new session')
    .option('--floor', 'have the system itself enforce what the level denies, in a new session')
    .addOption(
      new Option('--edited-steps <what>', 'what becomes of the finished steps of a cell that was edited').choices(
        EDITED_STEPS,
      ),
    )
    .option('--cancel-after <seconds>', 'cancel a cell that runs longer', seconds)
    .action(runAction);
};

/** What `--allow` and `--deny` take. */
function permission(value: string, before: string[]): string[] {
  if (permissions.includes(value)) return [...before, value];
  throw new InvalidArgumentError(`It is one of ${permissions.join(', ')}.`);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || text.trim() === '')
    throw new InvalidArgumentError('It is a number of seconds.');
  return value;
}

/** @returns its absolute path. @throws HoldfastError `unavailable` when it cannot be read. */
async function existing(file: string): Promise<string> {
  const absolute = path.resolve(file);
  await access(absolute, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new HoldfastError('unavailable', `The environment file ${file} cannot be read (${error.code}).`);
  });
  return absolute;
}

async function runAction(paths: string[], flags: RunFlags): Promise<void> {
  const files = await Promise.all(paths.map((file) => readInput(file, flags.language)));
  const cells = files.reduce((sum, file) => sum + file.cells.length, 0);
  const client = await connect(flags.workspace, true);
  process.exitCode = await run(client, {
    files,
    session: flags.session ?? null,
    keepGoing: flags.keepGoing === true,
    cancelAfterSeconds: flags.cancelAfter ?? null,
    security: { level: flags.level ?? null, allow: flags.allow, deny: flags.deny },
    floor: flags.floor === true,
    editedSteps: flags.editedSteps ?? null,
    group: flags.on ?? null,
    envFile: flags.dotenv === undefined ? null : await existing(flags.dotenv),
    interpreters: interpretersOf(flags),
    answers: new Answers(flags.answer, !paths.includes('-')),
    reporter: flags.json ? jsonReporter() : transcriptReporter(cells > 1),
  });
  client.close();
  // Standard input may still be open for answers that nobody asked for.
  process.stdin.destroy();
}
