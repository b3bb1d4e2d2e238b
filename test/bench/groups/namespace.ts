import { type Group, withBackend } from '../context.ts';
import { BenchSession } from '../session.ts';
import { interleave, time } from '../stats.ts';
import { tableOf } from '../table.ts';

const IPYKERNEL = 'ipykernel';
const DEFINE = {
  python: 'for n in range(1000): globals()[f"v{n}"] = [n] * 10',
  javascript: 'for (let n = 0; n < 1000; n++) globalThis["v" + n] = Array(10).fill(n); undefined',
};
/** What a variables view asks a kernel for: it has no such message, so it runs a cell. */
const THEIR_SUMMARY =
  'import json; print(json.dumps([(k, type(v).__name__, repr(v)[:200]) for k, v in list(globals().items()) if not k.startswith("_")]))';

/** A namespace of 1,000 lists. */
export const namespace: Group = {
  name: 'namespace',
  run: ({ ipykernel, interpreter, quick }) =>
    withBackend(async (client) => {
      const python = await BenchSession.open(client, 'python', interpreter);
      const javascript = await BenchSession.open(client, 'javascript', process.execPath);
      const list = (session: BenchSession) => async () => {
        if ((await session.variables()) < 1000) throw new Error('Variables are missing.');
      };
      await python.succeed(DEFINE.python);
      await javascript.succeed(DEFINE.javascript);
      await ipykernel?.run(DEFINE.python);
      const measured = await interleave(quick ? 5 : 50, {
        'Python: all of them listed': () => time(list(python)),
        'Python: a cell that changes them all': () => time(() => python.succeed(DEFINE.python)),
        'Python: 1+1 beside them': () => time(() => python.succeed('1+1')),
        'JavaScript: all of them listed': () => time(list(javascript)),
        'JavaScript: a cell that changes them all': () => time(() => javascript.succeed(DEFINE.javascript)),
        'JavaScript: 1+1 beside them': () => time(() => javascript.succeed('1+1')),
        ...(ipykernel ? { [IPYKERNEL]: () => ipykernel.run(THEIR_SUMMARY) } : {}),
      });
      const rows = Object.entries(measured).map(([name, values]) => ({
        name,
        values,
        ...(name === IPYKERNEL ? { note: 'all of them listed by a cell' } : {}),
      }));
      return [tableOf('Namespace: 1,000 variables', 'ms', IPYKERNEL, rows)];
    }),
};
