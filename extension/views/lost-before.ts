import path from 'node:path';
import * as vscode from 'vscode';
import type { PastExecution } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import type { Executions } from '../client/executions.ts';
import type { BackendLink } from '../client/link.ts';
import { plainText } from '../inline/visible.ts';
import type { Disposable } from '../platform/disposables.ts';
import { namesInWords } from './names-in-words.ts';

/** Of the newest: what could have run or waited. */
const COUNT = 50;
/** Unix milliseconds of the newest loss that a window has told of. */
const TOLD = 'lostBefore';

export interface LostBeforeOptions {
  readonly link: BackendLink;
  readonly executions: Executions;
  /** Of the workspace. */
  readonly state: vscode.Memento;
  log(message: string): void;
}

/** Tells the person once what a backend took with it while no window looked: both were killed, or the machine went off. */
export function showLostBefore({ link, executions, state, log }: LostBeforeOptions): Disposable {
  return link.onConnected(async (client) => {
    try {
      const lost = (await lostWithTheLast(client, state.get(TOLD, 0))).filter(
        ({ executionId: id }) => !executions.get(id),
      );
      if (lost.length === 0) return;
      await state.update(TOLD, Math.max(...lost.map(({ endedAt }) => endedAt ?? 0)));
      const rerun = vscode.l10n.t('Rerun');
      if ((await vscode.window.showWarningMessage(plainText(describe(lost)), rerun)) !== rerun) return;
      for (const { executionId } of lost) await vscode.commands.executeCommand('holdfast.rerun', { executionId });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      log(`Reading what was lost failed: ${error.message}`);
    }
  });
}

/** What windows had asked for, oldest first. */
async function lostWithTheLast(client: BackendClient, told: number): Promise<PastExecution[]> {
  const { startedAt } = await client.call('StatusMethod', {});
  const { executions } = await client.call('ReadHistory', { count: COUNT });
  const isNews = ({ status, queuedAt, endedAt }: PastExecution) =>
    status === 'lost' && queuedAt < startedAt && endedAt !== null && endedAt >= startedAt && endedAt > told;
  return executions.filter((execution) => execution.client === 'vscode' && isNews(execution)).reverse();
}

function describe(lost: readonly PastExecution[]): string {
  const places = lost.map(({ source }) => `${path.basename(source.name)}:${source.line}`);
  const what = vscode.l10n.t('What ran or waited is lost: {0}.', namesInWords(places));
  const [only] = lost;
  return lost.length === 1 && only?.summary ? `${what} ${only.summary}` : what;
}
