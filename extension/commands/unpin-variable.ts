import { command } from './command.ts';
import { namedOrSelected, VariableArgument } from './namespace-arguments.ts';
import { pickSession } from './pick-session.ts';

/** Puts a pinned variable back among the others. */
export const unpinVariable = command({
  id: 'holdfast.unpinVariable',
  argument: VariableArgument.optional(),
  async run(services, argument) {
    const { sessionId, name } = namedOrSelected(VariableArgument, argument, services);
    const session = await pickSession(services.sessions, sessionId);
    await services.namespacePreferences.pin(session, name, false);
  },
});
