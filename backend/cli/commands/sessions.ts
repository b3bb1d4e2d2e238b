import type { BackendClient } from '../../rpc/client.ts';
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
import { type Common, command, count, type Declare, SESSION, withBackend } from './command.ts';

export const sessionsCommand: Declare = (holdfast) => {
  command(holdfast, 'sessions')
    .description('list the sessions of the workspace')
    .action((flags: Common) =>
      withBackend(flags, (client) => listSessions(client, flags.json === true), flags.json ? '' : 'No sessions.\n'),
    );
};

export const tasksCommand: Declare = (holdfast) => {
  command(holdfast, 'tasks')
    .description('list what a session still does in the background')
    .argument('<session>', SESSION)
    .action((name: string, flags: Common) =>
      withBackend(flags, (client) => listTasks(client, name, flags.json === true)),
    );
};

export const cancelTaskCommand: Declare = (holdfast) => {
  command(holdfast, 'cancel-task', false)
    .description('cancel one of them')
    .argument('<session>', SESSION)
    .argument('<task>', 'its number', count)
    .action((name: string, task: number, flags: Common) =>
      withBackend(flags, (client) => cancelTask(client, name, task)),
    );
};

export const outputCommand: Declare = (holdfast) => {
  command(holdfast, 'output', false)
    .description('print what an execution printed, or what a session printed between executions')
    .argument('<session>', SESSION)
    .argument('[execution]', 'its id, as `run --json` tells it')
    .action((name: string, execution: string | undefined, flags: Common) =>
      withBackend(flags, (client) => showOutput(client, name, execution ?? null)),
    );
};

export const renameCommand: Declare = (holdfast) => {
  command(holdfast, 'rename', false)
    .description('give a session another name')
    .argument('<session>', SESSION)
    .argument('<name>', 'the new name')
    .action((session: string, name: string, flags: Common) =>
      withBackend(flags, (client) => rename(client, session, name)),
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
      .action((session: string, flags: Common) => withBackend(flags, (client) => action(client, session)));
  };
}
