import path from 'node:path';
import { Option } from 'commander';
import { machinesTokenOf, storageOf } from '../environment.ts';
import { listMachines } from '../session-commands.ts';
import { type Common, command, type Declare, interpreterOptions, interpretersOf, withBackend } from './command.ts';

interface MachineFlags {
  readonly group: string;
  readonly listen: string;
  readonly address?: string;
  readonly url?: string;
}

export const workerCommand: Declare = (holdfast) => {
  interpreterOptions(command(holdfast, 'worker', false))
    .description('take sessions of other machines, which run in the folder of the workspace')
    .addOption(new Option('--group <name>', 'what this machine is one of').makeOptionMandatory())
    .option('--listen <host:port>', 'where connections are taken', '127.0.0.1:0')
    .option('--address <host:port>', 'what others connect to, when it is not that')
    .option('--url <url>', 'the Resonate server; otherwise HOLDFAST_DURABLE_URL or HOLDFAST_DURABLE_POSTGRES')
    .action(serveMachine);
};

export const machinesCommand: Declare = (holdfast) => {
  command(holdfast, 'machines')
    .description('list the machines that take sessions')
    .action((flags: Common) => withBackend(flags, (client) => listMachines(client, flags.json === true), 'start'));
};

/** What starts workers stands in a bundle of its own. */
function serveMachine(flags: Common & MachineFlags): void {
  const { serve } = require(path.join(__dirname, 'machine.js')) as typeof import('../machine.ts');
  const { group, listen, address = null } = flags;
  const storage = storageOf(
    flags.url === undefined ? process.env : { ...process.env, HOLDFAST_DURABLE_URL: flags.url },
  );
  const token = machinesTokenOf(process.env) ?? null;
  const workspace = path.resolve(flags.workspace);
  serve({ group, listen, address, storage: storage ?? null, token, workspace, interpreters: interpretersOf(flags) });
}
