import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';

/** Gives a session a new worker with an empty namespace. */
export const restartSession = command({
  id: 'holdfast.restartSession',
  argument: SessionArgument.optional(),
  async run({ sessions }, argument) {
    await sessions.restart((await pickSession(sessions, argument?.sessionId)).sessionId);
  },
});
