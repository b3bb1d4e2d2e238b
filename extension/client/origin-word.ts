import type { Origin } from '../../backend/protocol/security.ts';
import type { Words } from '../platform/words.ts';

/** Who asked for an execution, when it was not a person. */
export function originWord(origin: Exclude<Origin, 'person'>, { t }: Words): string {
  return origin === 'agent' ? t('by agent') : t('by an extension');
}
