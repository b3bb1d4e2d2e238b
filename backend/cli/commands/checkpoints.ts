import {
  checkpoint,
  exportCheckpoint,
  importCheckpoint,
  listCheckpoints,
  removeCheckpoint,
  renameCheckpoint,
  restore,
} from '../checkpoint-commands.ts';
import { append, type Common, command, type Declare, SESSION, withBackend, withSessions } from './command.ts';

const CHECKPOINT = 'its name, or the beginning of its id';

export const checkpointCommand: Declare = (holdfast) => {
  command(holdfast, 'checkpoint')
    .description("store a copy of a session's variables")
    .argument('<session>', SESSION)
    .option('--name <name>', 'what it is called; without it the time')
    .action((session: string, flags: Common & { readonly name?: string }) =>
      withSessions(flags, (client) => checkpoint(client, session, { name: flags.name, json: flags.json === true })),
    );
};

export const checkpointsCommand: Declare = (holdfast) => {
  command(holdfast, 'checkpoints')
    .description('list the copies that there are')
    .action((flags: Common) => withBackend(flags, (client) => listCheckpoints(client, flags.json === true), 'start'));
};

export const restoreCommand: Declare = (holdfast) => {
  command(holdfast, 'restore')
    .description('merge a stored copy into a session')
    .argument('<session>', SESSION)
    .argument('[checkpoint]', `${CHECKPOINT}; without it the newest of the session`)
    .option('--only <variable>', 'only that variable; repeatable', append, [])
    .option('--trust', 'also when it was made elsewhere: restoring runs the code that is in it')
    .action((session: string, wanted: string | undefined, flags: Common & { only: string[]; trust?: boolean }) =>
      withSessions(flags, (client) =>
        restore(client, session, wanted, { only: flags.only, trust: flags.trust === true, json: flags.json === true }),
      ),
    );
};

export const renameCheckpointCommand: Declare = (holdfast) => {
  command(holdfast, 'rename-checkpoint', false)
    .description('give a stored copy another name; one that was made by itself stays from then on')
    .argument('<checkpoint>', CHECKPOINT)
    .argument('<name>', 'what it is called from now on')
    .action((wanted: string, name: string, flags: Common) =>
      withBackend(flags, (client) => renameCheckpoint(client, wanted, name), 'start'),
    );
};

export const removeCheckpointCommand: Declare = (holdfast) => {
  command(holdfast, 'remove-checkpoint', false)
    .description('delete a stored copy')
    .argument('<checkpoint>', CHECKPOINT)
    .action((wanted: string, flags: Common) =>
      withBackend(flags, (client) => removeCheckpoint(client, wanted), 'start'),
    );
};

export const exportCheckpointCommand: Declare = (holdfast) => {
  command(holdfast, 'export-checkpoint', false)
    .description('write a stored copy to one file')
    .argument('<checkpoint>', CHECKPOINT)
    .argument('<file>', 'a file that does not exist yet')
    .action((wanted: string, file: string, flags: Common) =>
      withBackend(flags, (client) => exportCheckpoint(client, wanted, file), 'start'),
    );
};

export const importCheckpointCommand: Declare = (holdfast) => {
  command(holdfast, 'import-checkpoint', false)
    .description('take in a file that export-checkpoint wrote')
    .argument('<file>', 'the file')
    .option('--name <name>', 'what it is called from now on')
    .action((file: string, flags: Common & { readonly name?: string }) =>
      withBackend(flags, (client) => importCheckpoint(client, file, flags.name), 'start'),
    );
};
