import { inspect } from '../inspect.ts';
import { showNamespace } from '../session-commands.ts';
import { type Common, command, type Declare, SESSION, withSessions } from './command.ts';

export const namespaceCommand: Declare = (holdfast) => {
  command(holdfast, 'namespace')
    .description("list a session's variables")
    .argument('<session>', SESSION)
    .action((name: string, flags: Common) =>
      withSessions(flags, (client) => showNamespace(client, name, flags.json === true)),
    );
};

export const inspectCommand: Declare = (holdfast) => {
  command(holdfast, 'inspect')
    .description('show a value of a session and what is below it, without running code')
    .argument('<session>', SESSION)
    .argument('<expression>', 'a variable, or what is below one by names and literal keys: a.b["c"][0]')
    .action((name: string, expression: string, flags: Common) =>
      withSessions(flags, (client) => inspect(client, name, expression, flags.json === true)),
    );
};
