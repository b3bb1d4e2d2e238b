import * as vscode from 'vscode';
import { DisposableStore } from '../platform/disposables.ts';
import type { Services } from '../services.ts';
import { showFailure } from './failure.ts';

/** Registers commands by their ids. What they do is loaded when the first of them is asked for: activation waits for none of it. */
export function registerCommands(ids: readonly string[], services: Services): vscode.Disposable {
  const store = new DisposableStore();
  for (const id of ids) {
    store.add(
      vscode.commands.registerCommand(id, async (first: unknown) => {
        try {
          const { perform } = await import('./perform.ts');
          return await perform(id, first, services);
        } catch (error) {
          return await showFailure(id, error, services.log);
        }
      }),
    );
  }
  return store;
}

/** The ids of the commands that package.json contributes. */
export function contributedCommands({ packageJSON }: vscode.Extension<unknown>): readonly string[] {
  const { contributes }: { contributes: { commands: readonly { command: string }[] } } = packageJSON;
  return contributes.commands.map(({ command }) => command);
}
