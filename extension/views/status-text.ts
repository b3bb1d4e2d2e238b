import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { elapsed } from '../../media/text/duration.ts';
import type { LinkState } from '../client/link.ts';
import type { Words } from '../platform/words.ts';
import { sessionSummary } from './session-words.ts';

/** An execution shorter than this shows no time. Milliseconds. */
const SHOW_TIME_AFTER = 1000;

/** What the status bar is made of. */
export interface Status {
  readonly link: LinkState;
  /** The session that runs the active editor's code. */
  readonly session: SessionInfo | undefined;
  /** Questions that wait for a person. */
  readonly prompts: number;
  /** Why nothing is kept on disk, in words; null: it is kept. */
  readonly notKept: string | null;
  /** Executions that wait for their turn. */
  readonly queued: number;
  /** Since when the oldest one runs, in Unix milliseconds; undefined when none does. */
  readonly runningSince: number | undefined;
}

export interface StatusText {
  readonly text: string;
  /** Lines. */
  readonly tooltip: string;
  readonly level: 'normal' | 'warning' | 'error';
}

/** What Holdfast does now, in a few words. @param now Unix milliseconds */
export function statusText(status: Status, now: number, words: Words): StatusText {
  const { icon, word, level } = withKeeping(status, state(status, now, words), words);
  const { session, notKept } = status;
  // Its language names a session that nobody has renamed or picked.
  const name = session && session.name !== session.language ? session.name : undefined;
  const text = ['Holdfast', name, word].filter((part) => part !== undefined).join(': ');
  const tooltip = [
    word ? `Holdfast: ${word}` : 'Holdfast',
    ...(session ? [`${session.name} · ${sessionSummary(session, words)}`, session.interpreter.path] : []),
    ...(session?.state === 'dead' && session.exit ? [session.exit] : []),
    ...(notKept === null ? [] : [words.t('What runs is not kept. {0}', notKept)]),
    words.t('Click for what can be done.'),
  ].join('\n');
  return { text: `$(${icon}) ${withoutIcons(text)}`, tooltip, level };
}

interface State {
  readonly icon: string;
  readonly word?: string;
  readonly level: StatusText['level'];
}

/** That nothing is kept is seen whatever goes on, and said when nothing else has to be. */
function withKeeping({ notKept }: Status, shown: State, { t }: Words): State {
  if (notKept === null || shown.level !== 'normal') return shown;
  return shown.word === undefined
    ? { icon: 'warning', word: t('not kept'), level: 'warning' }
    : { ...shown, level: 'warning' };
}

function state({ link, session, prompts, queued, runningSince }: Status, now: number, { t }: Words): State {
  if (prompts > 0) return { icon: 'comment', word: waitingWord(prompts, t), level: 'warning' };
  if (link === 'connecting') return { icon: 'sync~spin', word: t('starting'), level: 'normal' };
  if (link === 'reconnecting') return { icon: 'sync~spin', word: t('reconnecting'), level: 'normal' };
  if (session?.state === 'unresponsive') return { icon: 'warning', word: t('not responding'), level: 'warning' };
  if (runningSince !== undefined) {
    const time = now - runningSince >= SHOW_TIME_AFTER ? elapsed((now - runningSince) / 1000) : undefined;
    return { icon: 'sync~spin', word: runningWord(time, queued, t), level: 'normal' };
  }
  if (queued > 0 || session?.state === 'starting') return { icon: 'sync~spin', word: t('starting'), level: 'normal' };
  if (session?.state === 'dead') return { icon: 'error', word: t('session ended'), level: 'error' };
  return { icon: link === 'connected' ? 'check' : 'circle-outline', level: 'normal' };
}

function waitingWord(prompts: number, t: Words['t']): string {
  return prompts === 1 ? t('waiting for input') : t('{0} questions wait', prompts);
}

function runningWord(time: string | undefined, queued: number, t: Words['t']): string {
  if (time === undefined) return queued > 0 ? t('running, {0} queued', queued) : t('running');
  return queued > 0 ? t('running {0}, {1} queued', time, queued) : t('running {0}', time);
}

/** A session's name is a person's or a file's: no icon is made of it. */
function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}
