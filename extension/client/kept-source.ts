import type { RunRequest } from './runner.ts';
import type { Sessions } from './sessions.ts';

/** What runs an execution again that no window knows any more, as the backend has kept it. @returns null when only the beginning of its code is kept. @throws HoldfastError `not_found`, `unavailable` */
export async function keptRequest(sessions: Sessions, executionId: string): Promise<RunRequest | null> {
  const { result, payload } = await (await sessions.client()).callForBytes('ReadSource', { executionId });
  const { dialect, source, origin } = result.execution;
  if (!result.whole) return null;
  return { dialect, source, origin, security: result.security, code: new TextDecoder().decode(payload) };
}
