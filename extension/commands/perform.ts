import { l10n } from 'vscode';
import * as z from 'zod';
import { UserError } from '../platform/user-error.ts';
import type { Services } from '../services.ts';
import { commands } from './index.ts';

const byId = new Map(commands.map((command) => [command.id as string, command]));

/** Runs the command of that id. @throws UserError when it cannot use the argument */
export async function perform(id: string, argument: unknown, services: Services): Promise<unknown> {
  const command = byId.get(id);
  if (!command) throw new Error(`The list of commands lacks ${id}.`);
  const decoded = command.argument.safeParse(argument);
  if (!decoded.success) {
    throw new UserError(l10n.t('{0} cannot use this argument: {1}', id, z.prettifyError(decoded.error)));
  }
  return await command.run(services, decoded.data);
}
