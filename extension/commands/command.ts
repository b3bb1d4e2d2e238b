import * as vscode from 'vscode';
import * as z from 'zod';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { plainText } from '../inline/visible.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { type ErrorAction, NothingToDo, UserError } from '../platform/user-error.ts';
import type { Services } from '../services.ts';

/** How long a message in the status bar stays. */
const PASSING_MS = 5000;

/** What a person, a key binding, a menu or another extension can ask for. */
export interface Command<Argument extends z.ZodType = z.ZodType> {
  readonly id: `holdfast.${string}`;
  /** What the first argument must look like. Menus add arguments of their own, which are left aside. */
  readonly argument: Argument;
  run(services: Services, argument: z.infer<Argument>): Promise<unknown> | unknown;
}

/** For commands that take none: whatever a key binding or a menu sends is dropped. */
export const NoArgument = z.unknown().transform(() => undefined);

/** Keeps the type of the argument while commands stand in one list. */
export function command<Argument extends z.ZodType>(definition: Command<Argument>): Command {
  // `argument` checks what `run` gets, so the list may forget the type that ties the two.
  return definition as unknown as Command;
}

export function registerCommands(commands: readonly Command[], services: Services): vscode.Disposable {
  const store = new DisposableStore();
  for (const { id, argument, run } of commands) {
    store.add(
      vscode.commands.registerCommand(id, async (first: unknown) => {
        try {
          const decoded = argument.safeParse(first);
          if (!decoded.success) {
            throw new UserError(vscode.l10n.t('{0} cannot use this argument: {1}', id, z.prettifyError(decoded.error)));
          }
          return await run(services, decoded.data);
        } catch (error) {
          return await showFailure(id, error, services.log);
        }
      }),
    );
  }
  return store;
}

/** The one place where the failure of something that a person asked for reaches them. @param id of the command, for the log */
export async function showFailure(id: string, error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (isCancellation(error)) return;
  if (error instanceof NothingToDo) {
    vscode.window.setStatusBarMessage(`$(info) ${plainText(error.message)}`, PASSING_MS);
    return;
  }
  const known = error instanceof UserError || error instanceof HoldfastError;
  log.error(`${id}: ${error instanceof Error ? (known ? error.message : error.stack) : String(error)}`);
  const actions: readonly ErrorAction[] =
    error instanceof UserError ? error.actions : [{ title: vscode.l10n.t('Show Log'), command: 'holdfast.showLog' }];
  const message = known ? error.message : vscode.l10n.t('{0} failed: {1}', id, String(error));
  // Not awaited: the command has ended, whether or not somebody answers the message.
  void vscode.window.showErrorMessage(plainText(message), ...actions.map(({ title }) => title)).then((title) => {
    const action = actions.find((it) => it.title === title);
    if (action) void vscode.commands.executeCommand(action.command, ...(action.args ?? []));
  });
}

function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof HoldfastError && error.code === 'cancelled');
}
