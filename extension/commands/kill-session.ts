import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';

/** Ends a session's worker and removes the session. */
export const killSession = command({
  id: 'holdfast.killSession',
  argument: SessionArgument.optional(),
  async run({ sessions }, argument) {
    await sessions.kill((await pickSession(sessions, argument?.sessionId)).sessionId);
  },
});
