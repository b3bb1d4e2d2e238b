import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';

/** Cancels what a session runs and everything that waits in it. */
export const interruptSession = command({
  id: 'holdfast.interruptSession',
  argument: SessionArgument.optional(),
  async run({ sessions }, argument) {
    await sessions.interrupt((await pickSession(sessions, argument?.sessionId)).sessionId);
  },
});
