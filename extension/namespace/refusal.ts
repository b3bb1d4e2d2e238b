import type { EditOutcome } from '../../backend/protocol/inspection.ts';
import { UserError } from '../platform/user-error.ts';
import type { Words } from '../platform/words.ts';

type Refusal = Extract<EditOutcome, { status: 'busy' | 'failed' }>;

/** Why a session did not do what only an idle one can, in words, with a button where there is something to do about it. */
export function refusal(
  outcome: Refusal,
  { sessionId, name }: { readonly sessionId: string; readonly name: string },
  words: Words,
): UserError {
  if (outcome.status === 'failed') return new UserError(outcome.message);
  const seconds = Math.max(0, Math.round((Date.now() - outcome.since) / 1000));
  return new UserError(
    words.t(
      '{0} has been busy for {1} s. Wait until it is idle, or cancel what it runs, and try again.',
      name,
      seconds,
    ),
    [{ title: words.t('Cancel Execution'), command: 'holdfast.interruptSession', args: [{ sessionId }] }],
  );
}
