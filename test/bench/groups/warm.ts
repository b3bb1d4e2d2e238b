import { type Group, withBackend } from '../context.ts';
import { Echo } from '../processes.ts';
import { BenchSession } from '../session.ts';
import { time } from '../stats.ts';
import { type Measured, type Target, tableOf } from '../table.ts';

const IPYKERNEL = 'ipykernel';
/** ipykernel is asked once in so many rounds: it takes that much longer. */
const IPYKERNEL_EVERY = 10;
const TARGETS: readonly Target[] = [
  { measure: 'p50', against: { row: IPYKERNEL, measure: 'p50' }, atMost: 0.15 },
  { measure: 'p99', against: { row: IPYKERNEL, measure: 'p50' }, atMost: 1 },
];

/** `1+1` in a session that lives, through client, backend and worker, until its terminal event. */
export const warm: Group = {
  name: 'warm',
  run: ({ ipykernel, interpreter, quick }) =>
    withBackend(async (client) => {
      const python = await BenchSession.open(client, 'python', interpreter);
      const javascript = await BenchSession.open(client, 'javascript', process.execPath);
      const repl = new Echo(process.execPath, ['-i']);
      const pipe = new Echo('cat');
      const contenders = {
        'Python session': () => python.run('1+1'),
        'JavaScript session': () => javascript.run('1+1'),
        'node -i': () => repl.ask('1+1', '2\n> '),
        'a pipe that echoes': () => pipe.ask('1+1', '1+1\n'),
      };
      const measured = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
      const theirs: number[] = [];
      await ipykernel?.run('1+1');
      const warmUp = 100;
      const rounds = quick ? 300 : 5000;
      for (let round = -warmUp; round < rounds; round++) {
        for (const [name, ask] of Object.entries(contenders)) {
          const took = await time(ask);
          if (round >= 0) measured.get(name)?.push(took);
        }
        if (ipykernel && round >= 0 && round % IPYKERNEL_EVERY === 0) theirs.push(await ipykernel.run('1+1'));
      }
      await Promise.all([repl.close(), pipe.close()]);
      const rows: Measured[] = [...measured].map(([name, values]) => ({
        name,
        values,
        targets: name.endsWith('session') ? TARGETS : [],
      }));
      if (ipykernel) rows.push({ name: IPYKERNEL, values: theirs });
      return [tableOf('Warm: 1+1 in a session that lives', 'ms', IPYKERNEL, rows)];
    }),
};
