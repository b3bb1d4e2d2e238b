import type { BackendClient } from '../../rpc/client.ts';
import { Answers } from '../answers.ts';
import { attach } from '../attach.ts';
import { jsonReporter } from '../json-reporter.ts';
import {
  cancelTask,
  interrupt,
  kill,
  listSessions,
  listTasks,
  rename,
  restart,
  showOutput,
  undo,
} from '../session-commands.ts';
import { transcriptReporter } from '../transcript-reporter.ts';
import { append, type Common, command, count, cursor, type Declare, SESSION, withSessions } from './command.ts';

export const sessionsCommand: Declare = (holdfast) => {
  command(holdfast, 'sessions')
    .description('list the sessions of the workspace')
    .action((flags: Common) =>
      withSessions(flags, (client) => listSessions(client, flags.json === true), flags.json ? '' : 'No sessions.\n'),
    );
};

export const attachCommand: Declare = (holdfast) => {
  command(holdfast, 'attach')
    .description('show what happened in a session and what goes on, until nothing runs; Ctrl+C ends only that')
    .argument('<session>', SESSION)
    .option('--follow', 'also when nothing runs any more')
    .option('--after <number>', 'begin behind that event: the `sequence` of a line of --json', cursor, 0)
    .option('--answer <text>', 'the answer to the next prompt; repeatable', append, [])
    .action((name: string, flags: AttachFlags) => withSessions(flags, (client) => attachAction(client, name, flags)));
};

interface AttachFlags extends Common {
  readonly follow?: true;
  readonly after: number;
  readonly answer: string[];
}

async function attachAction(client: BackendClient, name: string, flags: AttachFlags): Promise<void> {
  let event = {};
  process.exitCode = await attach(client, name, {
    after: flags.after,
    follow: flags.follow === true,
    // Without a terminal what is open stays open: somebody else may answer.
    answers: new Answers(flags.answer, process.stdin.isTTY),
    reporter: flags.json ? jsonReporter(() => event) : transcriptReporter(false),
    at: (sequence, at) => {
      event = { sequence, at };
    },
  });
}

export const tasksCommand: Declare = (holdfast) => {
  command(holdfast, 'tasks')
    .description('list what a session still does in the background')
    .argument('<session>', SESSION)
    .action((name: string, flags: Common) =>
      withSessions(flags, (client) => listTasks(client, name, flags.json === true)),
    );
};

export const cancelTaskCommand: Declare = (holdfast) => {
  command(holdfast, 'cancel-task', false)
    .description('cancel one of them')
    .argument('<session>', SESSION)
    .argument('<task>', 'its number', count)
    .action((name: string, task: number, flags: Common) =>
      withSessions(flags, (client) => cancelTask(client, name, task)),
    );
};

export const outputCommand: Declare = (holdfast) => {
  command(holdfast, 'output', false)
    .description('print what an execution printed, or what a session printed between executions')
    .argument('<session>', SESSION)
    .argument('[execution]', 'its id, as `run --json` tells it')
    .action((name: string, execution: string | undefined, flags: Common) =>
      withSessions(flags, (client) => showOutput(client, name, execution ?? null)),
    );
};

export const renameCommand: Declare = (holdfast) => {
  command(holdfast, 'rename', false)
    .description('give a session another name')
    .argument('<session>', SESSION)
    .argument('<name>', 'the new name')
    .action((session: string, name: string, flags: Common) =>
      withSessions(flags, (client) => rename(client, session, name)),
    );
};

export const interruptCommand = onSession('interrupt', 'cancel what a session runs and what waits in it', interrupt);
export const undoCommand = onSession(
  'undo',
  'take the last cell of a Python session back: its variables, not what it did elsewhere',
  undo,
);
export const restartCommand = onSession('restart', 'give a session a new worker with an empty namespace', restart);
export const killCommand = onSession('kill', 'end a session', kill);

/** A command that needs a session and nothing else. */
function onSession(
  name: string,
  description: string,
  action: (client: BackendClient, session: string) => Promise<void>,
): Declare {
  return (holdfast) => {
    command(holdfast, name, false)
      .description(description)
      .argument('<session>', SESSION)
      .action((session: string, flags: Common) => withSessions(flags, (client) => action(client, session)));
  };
}
