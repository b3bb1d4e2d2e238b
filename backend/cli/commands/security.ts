import { answer, listGrants, listPrompts, revoke, showAudit } from '../security-commands.ts';
import { type Common, command, type Declare, withBackend } from './command.ts';

export const promptsCommand: Declare = (holdfast) => {
  command(holdfast, 'prompts')
    .description('list the questions that wait for an answer')
    .action((flags: Common) =>
      withBackend(flags, (client) => listPrompts(client, flags.json === true), flags.json ? '' : 'Nothing is asked.\n'),
    );
};

export const answerCommand: Declare = (holdfast) => {
  command(holdfast, 'answer', false)
    .description('answer one of them')
    .argument('<question>', 'its id, or the beginning of it')
    .argument('<value>', 'yes, no, the number or label of an option, a text')
    .action((id: string, value: string, flags: Common) => withBackend(flags, (client) => answer(client, id, value)));
};

export const grantsCommand: Declare = (holdfast) => {
  command(holdfast, 'grants')
    .description('list the answers that are remembered')
    .action((flags: Common) => withBackend(flags, (client) => listGrants(client, flags.json === true), 'start'));
};

export const revokeCommand: Declare = (holdfast) => {
  command(holdfast, 'revoke', false)
    .description('forget one of them: it is asked again')
    .argument('<grant>', 'its id, or the beginning of it')
    .action((id: string, flags: Common) => withBackend(flags, (client) => revoke(client, id), 'start'));
};

export const auditCommand: Declare = (holdfast) => {
  command(holdfast, 'audit')
    .description('show what programs were allowed and denied last')
    .action((flags: Common) => withBackend(flags, (client) => showAudit(client, flags.json === true), 'start'));
};
