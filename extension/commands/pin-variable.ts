import { command } from './command.ts';
import { namedOrSelected, VariableArgument } from './namespace-arguments.ts';
import { pickSession } from './pick-session.ts';

/** Keeps a variable at the top of its session, in later windows too. */
export const pinVariable = command({
  id: 'holdfast.pinVariable',
  argument: VariableArgument.optional(),
  async run(services, argument) {
    const { sessionId, name } = namedOrSelected(VariableArgument, argument, services);
    const session = await pickSession(services.sessions, sessionId);
    await services.namespacePreferences.pin(session, name, true);
  },
});
