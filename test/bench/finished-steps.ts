import { withBackend } from './context.ts';
import { BenchSession } from './session.ts';
import { type Table, tableOf } from './table.ts';

const LARGE_BYTES = 1_000_000;

/** Steps of a cell, timed in the program: each the first time, which keeps it, and when the cell runs again. */
export async function finishedSteps(interpreter: string, quick: boolean): Promise<Table> {
  const count = quick ? 50 : 500;
  return await withBackend(async (client) => {
    const sessions = {
      Python: await BenchSession.open(client, 'python', interpreter),
      JavaScript: await BenchSession.open(client, 'javascript'),
    };
    const rows: { name: string; values: number[] }[] = [];
    for (const [size, bytes] of [
      ['a number', 0],
      ['1 MB', LARGE_BYTES],
    ] as const) {
      for (const [language, session] of Object.entries(sessions)) {
        const steps = bytes === 0 ? count : count / 5;
        const code = language === 'Python' ? pythonSteps(steps, bytes) : javascriptSteps(steps, bytes);
        for (const what of ['kept', 'finished before']) {
          const values = JSON.parse(await session.value(code)) as number[];
          // The first one makes the folder, or opens it.
          rows.push({ name: `${language}: ${size}, ${what}`, values: values.slice(1) });
        }
      }
    }
    return tableOf('Steps', 'ms', null, rows);
  });
}

function pythonSteps(count: number, bytes: number): string {
  return `import json, os, time
took = []
for i in range(${count}):
    value = os.urandom(${bytes}) if ${bytes} else i
    began = time.perf_counter()
    step("bench", lambda: value, key=i)
    took.append(round((time.perf_counter() - began) * 1000, 4))
json.dumps(took)`;
}

function javascriptSteps(count: number, bytes: number): string {
  return `const { randomBytes } = await import('node:crypto')
const took = []
for (let i = 0; i < ${count}; i++) {
  const value = ${bytes} ? randomBytes(${bytes}) : i
  const began = performance.now()
  await step('bench', () => value, { key: i })
  took.push(Number((performance.now() - began).toFixed(4)))
}
JSON.stringify(took)`;
}
