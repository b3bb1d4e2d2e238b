import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { capabilities } from '../capabilities/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { LEVELS, type Level } from '../protocol/security.ts';
import { Dialect } from '../protocol/values.ts';
import type { BackendClient } from '../rpc/client.ts';
import { VERSION } from '../version.ts';
import { Answers } from './answers.ts';
import {
  checkpoint,
  exportCheckpoint,
  importCheckpoint,
  listCheckpoints,
  removeCheckpoint,
  renameCheckpoint,
  restore,
} from './checkpoint-commands.ts';
import { connect } from './connect.ts';
import { doctor } from './doctor.ts';
import { machinesTokenOf, storageOf } from './environment.ts';
import { EXIT } from './failure.ts';
import { showHistory } from './history.ts';
import { readInput } from './input-files.ts';
import { inspect } from './inspect.ts';
import { jsonReporter } from './json-reporter.ts';
import { rerun } from './rerun.ts';
import { EDITED_STEPS, type EditedSteps, run } from './run.ts';
import { answer, listGrants, listPrompts, revoke, showAudit } from './security-commands.ts';
import {
  cancelTask,
  interrupt,
  kill,
  listMachines,
  listSessions,
  listTasks,
  rename,
  restart,
  showNamespace,
  showOutput,
  stopBackend,
  undo,
} from './session-commands.ts';
import { forgetSteps, listSteps } from './step-commands.ts';
import { transcriptReporter } from './transcript-reporter.ts';

interface Common {
  readonly workspace: string;
  readonly json?: boolean;
  readonly python?: string;
  readonly node?: string;
}

interface MachineFlags {
  readonly group: string;
  readonly listen: string;
  readonly address?: string;
  readonly url?: string;
}

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

const interpretersOf = ({ python, node }: Common) => ({ python, javascript: node });

/** Of capabilities, the gate's categories among them. */
const PERMISSIONS = capabilities.map(({ name }) => name);

const SESSION = 'its name, or the beginning of its id';

/** The command line. Every command is a client of the workspace's backend. */
export function program(): Command {
  const holdfast = new Command('holdfast')
    .description('Run Python, JavaScript and TypeScript in sessions that live on.')
    .version(VERSION)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.succeeded : EXIT.usage));

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

  command(holdfast, 'sessions')
    .description('list the sessions of the workspace')
    .action((flags: Common) =>
      withBackend(flags, (client) => listSessions(client, flags.json === true), flags.json ? '' : 'No sessions.\n'),
    );

  interpreterOptions(command(holdfast, 'worker', false))
    .description('take sessions of other machines, which run in the folder of the workspace')
    .addOption(new Option('--group <name>', 'what this machine is one of').makeOptionMandatory())
    .option('--listen <host:port>', 'where connections are taken', '127.0.0.1:0')
    .option('--address <host:port>', 'what others connect to, when it is not that')
    .option('--url <url>', 'the Resonate server; otherwise HOLDFAST_DURABLE_URL or HOLDFAST_DURABLE_POSTGRES')
    .action(serveMachine);

  command(holdfast, 'machines')
    .description('list the machines that take sessions')
    .action((flags: Common) => withBackend(flags, (client) => listMachines(client, flags.json === true), 'start'));

  command(holdfast, 'history')
    .description('list what was run, also before the backend was killed')
    .option('--count <number>', 'of the newest, at most 200', count, 50)
    .action((flags: Common & { readonly count: number }) =>
      withBackend(flags, (client) => showHistory(client, flags.count, flags.json === true), 'start'),
    );

  interpreterOptions(command(holdfast, 'rerun'))
    .description('run the code of an execution again, as it was, in its session')
    .argument('<execution>', 'its id, or the beginning of it, as `holdfast history` lists it')
    .option('--answer <text>', 'the answer to the next prompt; repeatable', append, [])
    .action(rerunAction);

  command(holdfast, 'namespace')
    .description("list a session's variables")
    .argument('<session>', SESSION)
    .action((name: string, flags: Common) =>
      withBackend(flags, (client) => showNamespace(client, name, flags.json === true)),
    );

  command(holdfast, 'inspect')
    .description('show a value of a session and what is below it, without running code')
    .argument('<session>', SESSION)
    .argument('<expression>', 'a variable, or what is below one by names and literal keys: a.b["c"][0]')
    .action((name: string, expression: string, flags: Common) =>
      withBackend(flags, (client) => inspect(client, name, expression, flags.json === true)),
    );

  command(holdfast, 'tasks')
    .description('list what a session still does in the background')
    .argument('<session>', SESSION)
    .action((name: string, flags: Common) =>
      withBackend(flags, (client) => listTasks(client, name, flags.json === true)),
    );

  command(holdfast, 'cancel-task', false)
    .description('cancel one of them')
    .argument('<session>', SESSION)
    .argument('<task>', 'its number', count)
    .action((name: string, task: number, flags: Common) =>
      withBackend(flags, (client) => cancelTask(client, name, task)),
    );

  command(holdfast, 'output', false)
    .description('print what an execution printed, or what a session printed between executions')
    .argument('<session>', SESSION)
    .argument('[execution]', 'its id, as `run --json` tells it')
    .action((name: string, execution: string | undefined, flags: Common) =>
      withBackend(flags, (client) => showOutput(client, name, execution ?? null)),
    );

  command(holdfast, 'rename', false)
    .description('give a session another name')
    .argument('<session>', SESSION)
    .argument('<name>', 'the new name')
    .action((session: string, name: string, flags: Common) =>
      withBackend(flags, (client) => rename(client, session, name)),
    );

  for (const [name, description, action] of [
    ['interrupt', 'cancel what a session runs and what waits in it', interrupt],
    ['undo', 'take the last cell of a Python session back: its variables, not what it did elsewhere', undo],
    ['restart', 'give a session a new worker with an empty namespace', restart],
    ['kill', 'end a session', kill],
  ] as const) {
    command(holdfast, name, false)
      .description(description)
      .argument('<session>', SESSION)
      .action((session: string, flags: Common) => withBackend(flags, (client) => action(client, session)));
  }

  addCheckpointCommands(holdfast);
  addStepCommands(holdfast);
  addSecurityCommands(holdfast);

  interpreterOptions(command(holdfast, 'mcp', false))
    .description('serve the sessions to an agent by the Model Context Protocol, over standard input and output')
    .action(serveAgent);

  command(holdfast, 'stop', false)
    .description('end the backend of the workspace and all its sessions')
    .action((flags: Common) => withBackend(flags, stopBackend, 'No backend runs.\n'));

  interpreterOptions(command(holdfast, 'doctor'))
    .description('say what was found, what is wrong, and how to fix it')
    .action(async (flags: Common) => {
      process.exitCode = await doctor(connect(flags.workspace, true), interpretersOf(flags), flags.json === true);
    });

  return holdfast;
}

function addSecurityCommands(holdfast: Command): void {
  command(holdfast, 'prompts')
    .description('list the questions that wait for an answer')
    .action((flags: Common) =>
      withBackend(flags, (client) => listPrompts(client, flags.json === true), flags.json ? '' : 'Nothing is asked.\n'),
    );

  command(holdfast, 'answer', false)
    .description('answer one of them')
    .argument('<question>', 'its id, or the beginning of it')
    .argument('<value>', 'yes, no, the number or label of an option, a text')
    .action((id: string, value: string, flags: Common) => withBackend(flags, (client) => answer(client, id, value)));

  command(holdfast, 'grants')
    .description('list the answers that are remembered')
    .action((flags: Common) => withBackend(flags, (client) => listGrants(client, flags.json === true), 'start'));

  command(holdfast, 'revoke', false)
    .description('forget one of them: it is asked again')
    .argument('<grant>', 'its id, or the beginning of it')
    .action((id: string, flags: Common) => withBackend(flags, (client) => revoke(client, id), 'start'));

  command(holdfast, 'audit')
    .description('show what programs were allowed and denied last')
    .action((flags: Common) => withBackend(flags, (client) => showAudit(client, flags.json === true), 'start'));
}

/** What `--allow` and `--deny` take. */
function permission(value: string, before: string[]): string[] {
  if (PERMISSIONS.includes(value)) return [...before, value];
  throw new InvalidArgumentError(`It is one of ${PERMISSIONS.join(', ')}.`);
}

const CHECKPOINT = 'its name, or the beginning of its id';

function addCheckpointCommands(holdfast: Command): void {
  command(holdfast, 'checkpoint')
    .description("store a copy of a session's variables")
    .argument('<session>', SESSION)
    .option('--name <name>', 'what it is called; without it the time')
    .action((session: string, flags: Common & { readonly name?: string }) =>
      withBackend(flags, (client) => checkpoint(client, session, { name: flags.name, json: flags.json === true })),
    );

  command(holdfast, 'checkpoints')
    .description('list the copies that there are')
    .action((flags: Common) => withBackend(flags, (client) => listCheckpoints(client, flags.json === true), 'start'));

  command(holdfast, 'restore')
    .description('merge a stored copy into a session')
    .argument('<session>', SESSION)
    .argument('[checkpoint]', `${CHECKPOINT}; without it the newest of the session`)
    .option('--only <variable>', 'only that variable; repeatable', append, [])
    .option('--trust', 'also when it was made elsewhere: restoring runs the code that is in it')
    .action((session: string, wanted: string | undefined, flags: Common & { only: string[]; trust?: boolean }) =>
      withBackend(flags, (client) =>
        restore(client, session, wanted, { only: flags.only, trust: flags.trust === true, json: flags.json === true }),
      ),
    );

  command(holdfast, 'rename-checkpoint', false)
    .description('give a stored copy another name; one that was made by itself stays from then on')
    .argument('<checkpoint>', CHECKPOINT)
    .argument('<name>', 'what it is called from now on')
    .action((wanted: string, name: string, flags: Common) =>
      withBackend(flags, (client) => renameCheckpoint(client, wanted, name), 'start'),
    );

  command(holdfast, 'remove-checkpoint', false)
    .description('delete a stored copy')
    .argument('<checkpoint>', CHECKPOINT)
    .action((wanted: string, flags: Common) =>
      withBackend(flags, (client) => removeCheckpoint(client, wanted), 'start'),
    );

  command(holdfast, 'export-checkpoint', false)
    .description('write a stored copy to one file')
    .argument('<checkpoint>', CHECKPOINT)
    .argument('<file>', 'a file that does not exist yet')
    .action((wanted: string, file: string, flags: Common) =>
      withBackend(flags, (client) => exportCheckpoint(client, wanted, file), 'start'),
    );

  command(holdfast, 'import-checkpoint', false)
    .description('take in a file that export-checkpoint wrote')
    .argument('<file>', 'the file')
    .option('--name <name>', 'what it is called from now on')
    .action((file: string, flags: Common & { readonly name?: string }) =>
      withBackend(flags, (client) => importCheckpoint(client, file, flags.name), 'start'),
    );
}

function addStepCommands(holdfast: Command): void {
  command(holdfast, 'steps')
    .description('list the finished steps of programs')
    .action((flags: Common) => withBackend(flags, (client) => listSteps(client, flags.json === true), 'start'));

  command(holdfast, 'forget-steps', false)
    .description('forget finished steps: they run again')
    .argument('[step...]', 'its name, or the beginning of its id')
    .option('--file <file>', 'those of that file, all of them when none is named')
    .option('--all', 'all of them')
    .action((wanted: string[], flags: Common & { readonly file?: string; readonly all?: true }) =>
      withBackend(flags, (client) => forgetSteps(client, wanted, flags), 'start'),
    );
}

function command(parent: Command, name: string, json = true): Command {
  const made = parent
    .command(name)
    .option('--workspace <folder>', 'the folder whose backend is used', process.cwd())
    .showHelpAfterError('(--help says more)');
  return json ? made.option('--json', 'one JSON object a line') : made;
}

function interpreterOptions(made: Command): Command {
  return made
    .option('--python <path>', 'the Python interpreter')
    .option('--node <path>', 'the Node that runs JavaScript and TypeScript');
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || text.trim() === '')
    throw new InvalidArgumentError('It is a number of seconds.');
  return value;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It is a number, as `holdfast tasks` lists it.');
  return Number(text);
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

async function rerunAction(id: string, flags: Common & Pick<RunFlags, 'answer'>): Promise<void> {
  const client = await connect(flags.workspace, true);
  process.exitCode = await rerun(client, id, {
    interpreters: interpretersOf(flags),
    answers: new Answers(flags.answer, true),
    reporter: flags.json ? jsonReporter() : transcriptReporter(false),
  });
  client.close();
  process.stdin.destroy();
}

/** The protocol's library is large: it stands in a bundle of its own. */
function serveAgent(flags: Common): void {
  const { serve } = require(path.join(__dirname, 'mcp.js')) as typeof import('./mcp.ts');
  serve({ workspace: path.resolve(flags.workspace), interpreters: interpretersOf(flags) });
}

/** As `serveAgent`: what starts workers stands in a bundle of its own. */
function serveMachine(flags: Common & MachineFlags): void {
  const { serve } = require(path.join(__dirname, 'machine.js')) as typeof import('./machine.ts');
  const { group, listen, address = null } = flags;
  const storage = storageOf(
    flags.url === undefined ? process.env : { ...process.env, HOLDFAST_DURABLE_URL: flags.url },
  );
  const token = machinesTokenOf(process.env) ?? null;
  const workspace = path.resolve(flags.workspace);
  serve({ group, listen, address, storage: storage ?? null, token, workspace, interpreters: interpretersOf(flags) });
}

/**
 * Runs an action against the backend that is there.
 * @param whenNone what is printed when there is none, `start` to start one; without it that is an error.
 */
async function withBackend(
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
