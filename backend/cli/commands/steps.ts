import { forgetSteps, listSteps } from '../step-commands.ts';
import { type Common, command, type Declare, withBackend } from './command.ts';

export const stepsCommand: Declare = (holdfast) => {
  command(holdfast, 'steps')
    .description('list the finished steps of programs')
    .action((flags: Common) => withBackend(flags, (client) => listSteps(client, flags.json === true), 'start'));
};

export const forgetStepsCommand: Declare = (holdfast) => {
  command(holdfast, 'forget-steps', false)
    .description('forget finished steps: they run again')
    .argument('[step...]', 'its name, or the beginning of its id')
    .option('--file <file>', 'those of that file, all of them when none is named')
    .option('--all', 'all of them')
    .action((wanted: string[], flags: Common & { readonly file?: string; readonly all?: true }) =>
      withBackend(flags, (client) => forgetSteps(client, wanted, flags), 'start'),
    );
};
