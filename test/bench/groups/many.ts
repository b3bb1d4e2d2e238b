import { type Group, withBackend } from '../context.ts';
import { BenchSession } from '../session.ts';
import { type Contender, interleave, time } from '../stats.ts';
import { tableOf } from '../table.ts';

const SESSIONS = 10;
const CELLS = 100;
const IPYKERNEL = 'ipykernel';

/** Ten sessions at once. */
export const many: Group = {
  name: 'many',
  async run({ ipykernel, interpreter, quick }) {
    const together = <T>(make: () => Promise<T>) => Promise.all(Array.from({ length: SESSIONS }, make));
    const cells: Record<'Python' | 'JavaScript', number[]> = { Python: [], JavaScript: [] };
    const ours =
      (language: 'python' | 'javascript', label: keyof typeof cells): Contender =>
      () =>
        withBackend(async (client) => {
          const program = language === 'python' ? interpreter : process.execPath;
          const sessions: BenchSession[] = [];
          const took = await time(() =>
            together(async () => {
              const session = await BenchSession.open(client, language, program);
              sessions.push(session);
              await session.succeed('1+1');
            }),
          );
          const all = await time(() =>
            Promise.all(
              sessions.map(async (session) => {
                for (let cell = 0; cell < CELLS; cell++) await session.succeed('1+1');
              }),
            ),
          );
          cells[label].push(all);
          return took;
        });
    const measured = await interleave(quick ? 1 : 3, {
      'Python sessions': ours('python', 'Python'),
      'JavaScript sessions': ours('javascript', 'JavaScript'),
      ...(ipykernel ? { [IPYKERNEL]: () => ipykernel.cold(SESSIONS) } : {}),
    });
    const rows = (of: Record<string, number[]>) => Object.entries(of).map(([name, values]) => ({ name, values }));
    return [
      tableOf(`Many: ${SESSIONS} at once, from nothing to the first value of each`, 'ms', IPYKERNEL, rows(measured)),
      tableOf(`Many: ${CELLS} cells in each of ${SESSIONS} sessions at once`, 'ms', null, rows(cells)),
    ];
  },
};
