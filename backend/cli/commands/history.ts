import { Answers } from '../answers.ts';
import { connect } from '../connect.ts';
import { showHistory } from '../history.ts';
import { jsonReporter } from '../json-reporter.ts';
import { rerun } from '../rerun.ts';
import { transcriptReporter } from '../transcript-reporter.ts';
import {
  append,
  type Common,
  command,
  count,
  type Declare,
  interpreterOptions,
  interpretersOf,
  withBackend,
} from './command.ts';

export const historyCommand: Declare = (holdfast) => {
  command(holdfast, 'history')
    .description('list what was run, also before the backend was killed')
    .option('--count <number>', 'of the newest, at most 200', count, 50)
    .action((flags: Common & { readonly count: number }) =>
      withBackend(flags, (client) => showHistory(client, flags.count, flags.json === true), 'start'),
    );
};

export const rerunCommand: Declare = (holdfast) => {
  interpreterOptions(command(holdfast, 'rerun'))
    .description('run the code of an execution again, as it was, in its session')
    .argument('<execution>', 'its id, or the beginning of it, as `holdfast history` lists it')
    .option('--answer <text>', 'the answer to the next prompt; repeatable', append, [])
    .action(rerunAction);
};

async function rerunAction(id: string, flags: Common & { readonly answer: string[] }): Promise<void> {
  const client = await connect(flags.workspace, true);
  process.exitCode = await rerun(client, id, {
    interpreters: interpretersOf(flags),
    answers: new Answers(flags.answer, true),
    reporter: flags.json ? jsonReporter() : transcriptReporter(false),
  });
  client.close();
  process.stdin.destroy();
}
