import assert from 'node:assert/strict';
import type { HoldfastApi } from '../../../extension/api.ts';
import { BenchWindow } from './window.ts';

const VARIABLES = 5000;
const LONGEST_WAIT_MS = 30_000;
/** Between two looks at what the window knows of variables that no row shows: of these it is told nothing. */
const LOOK_MS = 2;
/** Gives every variable another value. The value of the cell says which. */
const CHANGE = {
  python: `turn = globals().get("turn", 0) + 1; globals().update({f"v{n}": n + turn for n in range(${VARIABLES})}); turn`,
  javascript: `globalThis.turn = (globalThis.turn ?? 0) + 1; for (let n = 0; n < ${VARIABLES}; n++) globalThis["v" + n] = n + turn; turn`,
};

/**
 * Milliseconds from a run that changes 5,000 variables until the rows of the Namespace view say so, and the window knows all of them,
 * without the time of the code.
 */
export async function timesOfNamespace(
  api: HoldfastApi,
  language: 'python' | 'javascript',
  runs: number,
): Promise<number[]> {
  const window = await BenchWindow.open(api, language, CHANGE[language]);
  await window.run();
  const session = api.sessions().find((it) => it.language === language);
  assert.ok(session);
  const measured: number[] = [];
  // The first run has defined them; the next ones warm up.
  for (let turn = 2; turn < 5 + runs; turn++) {
    const milliseconds = await refresh(api, window, session.sessionId, turn);
    if (turn >= 5) measured.push(milliseconds);
  }
  return measured;
}

async function refresh(api: HoldfastApi, window: BenchWindow, sessionId: string, turn: number): Promise<number> {
  const start = performance.now();
  const drawn = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      listening.dispose();
      reject(new Error('The rows of the Namespace view do not say what the variables are.'));
    }, LONGEST_WAIT_MS);
    const listening = api.onDidChangeNamespaceRows(async () => {
      if (!(await isDrawn(api, sessionId, turn))) return;
      clearTimeout(timer);
      listening.dispose();
      resolve();
    });
  });
  const seconds = await window.run();
  await drawn;
  while (!isKnown(api, sessionId, turn)) {
    assert.ok(performance.now() - start < LONGEST_WAIT_MS, 'The window does not know what the variables are.');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return performance.now() - start - seconds * 1000;
}

/** All rows are made, as VS Code makes them, and those of the variables say the values of the turn. */
async function isDrawn(api: HoldfastApi, sessionId: string, turn: number): Promise<boolean> {
  const sessions = await api.namespaceRows();
  const session = sessions.find(({ row }) => row.kind === 'session' && row.sessionId === sessionId);
  const rows = session ? await api.namespaceRows(session.row) : [];
  const shown = rows.flatMap(({ row }) => (row.kind === 'variable' ? [row.known.variable] : []));
  return shown.length > 100 && shown.every((variable) => isOfTurn(variable, turn));
}

function isKnown(api: HoldfastApi, sessionId: string, turn: number): boolean {
  const { variables, total } = api.namespace(sessionId);
  return total >= VARIABLES && variables.length >= VARIABLES && variables.every((it) => isOfTurn(it, turn));
}

function isOfTurn({ name, preview }: { readonly name: string; readonly preview: string }, turn: number): boolean {
  const number = /^v(\d+)$/.exec(name)?.[1];
  return number === undefined || preview === String(Number(number) + turn);
}
