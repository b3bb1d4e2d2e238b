import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import type { Words } from '../platform/words.ts';

/** What the version of an interpreter is the version of. */
const RUNTIMES: Record<LanguageId, string> = { python: 'Python', javascript: 'Node.js' };

/** `Python 3.12.1` */
export function runtimeOf({ language, interpreter }: Pick<SessionInfo, 'language' | 'interpreter'>): string {
  return `${RUNTIMES[language]} ${interpreter.version}`;
}

/** How a session is, in a word or two. */
export function stateWord({ state, queued, unresponsiveSince }: SessionInfo, words: Words): string {
  switch (state) {
    case 'starting':
      return words.t('starting');
    case 'idle':
      return words.t('idle');
    case 'busy':
      return queued > 0 ? words.t('running, {0} queued', queued) : words.t('running');
    case 'unresponsive':
      return words.t('not responding since {0}', new Date(unresponsiveSince ?? Date.now()).toLocaleTimeString());
    case 'asleep':
      return words.t('comes back with the next run');
    case 'dead':
      return words.t('ended');
  }
}

/** `idle · Python 3.12.1 · 24 MB · box` */
export function sessionSummary(session: SessionInfo, words: Words): string {
  const { memory, machine } = session;
  const size = memory === null ? '' : `${Math.round(memory / 1024 ** 2)} MB`;
  return [stateWord(session, words), runtimeOf(session), size, machine?.host ?? ''].filter(Boolean).join(' · ');
}

/** Name of the codicon of a session's state. */
export function stateIcon(state: SessionInfo['state']): string {
  switch (state) {
    case 'asleep':
      return 'history';
    case 'dead':
      return 'error';
    case 'unresponsive':
      return 'warning';
    case 'idle':
      return 'circle-outline';
    case 'starting':
    case 'busy':
      return 'sync~spin';
  }
}
