import assert from 'node:assert/strict';
import type { HoldfastApi } from '../../../extension/api.ts';
import { BenchWindow } from './window.ts';

const VARIABLES = 5000;
// Not the very last: the extension keeps 5,000, and the sessions have a few of their own.
const LAST = 'v4000';
const LONGEST_WAIT_MS = 30_000;
/** Gives every variable another value. The value of the cell is that of the last one. */
const CHANGE = {
  python: `turn = globals().get("turn", 0) + 1; globals().update({f"v{n}": n + turn for n in range(${VARIABLES})}); ${LAST}`,
  javascript: `globalThis.turn = (globalThis.turn ?? 0) + 1; for (let n = 0; n < ${VARIABLES}; n++) globalThis["v" + n] = n + turn; ${LAST}`,
};

/** Milliseconds from a run that changes 5,000 variables until the Namespace view has its rows, without the time of the code. */
export async function timesOfNamespace(
  api: HoldfastApi,
  language: 'python' | 'javascript',
  runs: number,
): Promise<number[]> {
  const window = await BenchWindow.open(api, language, CHANGE[language]);
  await window.timeToValue();
  const session = api.sessions().find((it) => it.language === language);
  assert.ok(session);
  const measured: number[] = [];
  for (let count = 0; count < runs; count++) measured.push(await refresh(api, window, session.sessionId));
  return measured;
}

async function refresh(api: HoldfastApi, window: BenchWindow, sessionId: string): Promise<number> {
  const lastPreview = () => api.namespace(sessionId).variables.find(({ name }) => name === LAST)?.preview;
  const before = lastPreview();
  const start = performance.now();
  const drawn = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => {
      listening.dispose();
      reject(new Error('The Namespace view was not drawn again.'));
    }, LONGEST_WAIT_MS);
    const listening = api.onDidChangeNamespaceRows(async () => {
      if (lastPreview() === before) return;
      clearTimeout(timer);
      listening.dispose();
      const rows = await api.namespaceRows();
      for (const { row } of rows) await api.namespaceRows(row);
      resolve(performance.now());
    });
  });
  const seconds = await window.run();
  return (await drawn) - start - seconds * 1000;
}
