import { connect } from '../connect.ts';
import { doctor } from '../doctor.ts';
import { stopBackend } from '../session-commands.ts';
import { type Common, command, type Declare, interpreterOptions, interpretersOf, withBackend } from './command.ts';

export const stopCommand: Declare = (holdfast) => {
  command(holdfast, 'stop', false)
    .description('end the backend of the workspace and all its sessions')
    .action((flags: Common) => withBackend(flags, stopBackend, 'No backend runs.\n'));
};

export const doctorCommand: Declare = (holdfast) => {
  interpreterOptions(command(holdfast, 'doctor'))
    .description('say what was found, what is wrong, and how to fix it')
    .action(async (flags: Common) => {
      process.exitCode = await doctor(connect(flags.workspace, true), interpretersOf(flags), flags.json === true);
    });
};
