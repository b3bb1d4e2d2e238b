import { WaitingArgument } from './arguments.ts';
import { command } from './command.ts';

/** Puts a waiting execution before the others of its session. */
export const runNext = command({
  id: 'holdfast.runNext',
  argument: WaitingArgument,
  async run({ sessions }, { sessionId, executionId }) {
    await sessions.runNext(sessionId, executionId);
  },
});
