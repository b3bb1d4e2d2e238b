import { StatusMethod } from '../../../backend/protocol/client/index.ts';
import { type Group, withBackend } from '../context.ts';
import { Echo, MEBIBYTE, residentMemory } from '../processes.ts';
import { BenchSession } from '../session.ts';
import { type Contender, interleave } from '../stats.ts';
import { type Target, tableOf } from '../table.ts';

const IPYKERNEL = 'ipykernel';
const TARGETS: readonly Target[] = [{ measure: 'p50', against: { row: IPYKERNEL, measure: 'p50' }, atMost: 0.4 }];

/** Resident memory of one process after `1+1`. */
export const memory: Group = {
  name: 'memory',
  run: ({ ipykernel, interpreter, quick }) =>
    withBackend(async (client) => {
      const worker =
        (language: 'python' | 'javascript'): Contender =>
        async () => {
          const program = language === 'python' ? interpreter : process.execPath;
          const session = await BenchSession.open(client, language, program);
          await session.succeed('1+1');
          const resident = await residentMemory(await session.pid());
          await session.kill();
          return resident;
        };
      const measured = await interleave(quick ? 1 : 5, {
        'Python worker': worker('python'),
        'JavaScript worker': worker('javascript'),
        'node -i': async () => {
          const repl = new Echo(process.execPath, ['-i']);
          await repl.ask('1+1', '> 2\n> ');
          const resident = await residentMemory(repl.pid);
          await repl.close();
          return resident;
        },
        backend: async () => (await client.request(StatusMethod, {})).memory / MEBIBYTE,
        ...(ipykernel ? { [IPYKERNEL]: async () => (await ipykernel.memory()) / MEBIBYTE } : {}),
      });
      const rows = Object.entries(measured).map(([name, values]) => ({
        name,
        values,
        targets: name === 'Python worker' ? TARGETS : [],
        ...(name === 'backend' ? { note: 'once per workspace' } : {}),
      }));
      return [tableOf('Memory: a process that has run 1+1', 'MiB', IPYKERNEL, rows)];
    }),
};
