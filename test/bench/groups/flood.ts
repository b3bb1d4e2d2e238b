import { StatusMethod } from '../../../backend/protocol/client/index.ts';
import { type Context, type Group, pause, withBackend } from '../context.ts';
import { MEBIBYTE } from '../processes.ts';
import { BenchSession } from '../session.ts';
import { type Table, type Target, tableOf } from '../table.ts';

const WRITE_BYTES = 64 * 1024;
const CODE = {
  python: (bytes: number) =>
    `import sys\nfor _ in range(${bytes / WRITE_BYTES}): _ = sys.stdout.write("x" * ${WRITE_BYTES - 1} + "\\n")`,
  javascript: (bytes: number) =>
    `for (let n = 0; n < ${bytes / WRITE_BYTES}; n++) process.stdout.write("x".repeat(${WRITE_BYTES - 1}) + "\\n")`,
};

/** 2 GB of output through a backend, read to the end by a client: its memory must not follow. */
export const flood: Group = {
  name: 'flood',
  async run(context) {
    return [await measure('python', context), await measure('javascript', context)];
  },
};

function measure(language: 'python' | 'javascript', { interpreter, quick }: Context): Promise<Table> {
  const bytes = (quick ? 256 : 2048) * MEBIBYTE;
  return withBackend(async (client) => {
    const memory = async () => (await client.request(StatusMethod, {})).memory / MEBIBYTE;
    const session = await BenchSession.open(client, language, language === 'python' ? interpreter : process.execPath);
    // What is kept of output fills up first: that is its size, not growth.
    await session.succeed(CODE[language](64 * MEBIBYTE));
    await pause();
    const before = await memory();
    const during: number[] = [];
    const start = performance.now();
    const running = session.succeed(CODE[language](bytes));
    let ended = false;
    const watched = running.finally(() => {
      ended = true;
    });
    while (!ended) {
      during.push(await memory());
      await pause(50);
    }
    const seconds = (performance.now() - start) / 1000;
    if ((await watched) !== bytes) throw new Error('Bytes of the flood are missing.');
    await pause();
    const after = await memory();
    const flat: Target = { measure: 'p50', against: { row: 'before', measure: 'p50' }, atLeast: 0.9, atMost: 1.1 };
    const label = language === 'python' ? 'Python' : 'JavaScript';
    const speed = `${(bytes / MEBIBYTE / seconds).toFixed(0)} MiB/s`;
    return tableOf(`Flood: ${bytes / MEBIBYTE} MiB from ${label}, resident memory of the backend`, 'MiB', 'before', [
      { name: 'before', values: [before], note: 'after 64 MiB' },
      {
        name: 'during',
        values: during,
        note: speed,
        targets: [{ measure: 'max', against: { row: 'before', measure: 'p50' }, atMost: 1.1 }],
      },
      { name: 'after', values: [after], targets: [flat] },
    ]);
  });
}
