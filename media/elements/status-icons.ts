import type { ItemStatus } from '../protocol.ts';

/** Codicons that stand for how far an execution is. */
export const STATUS_ICONS: Readonly<Record<ItemStatus, string>> = {
  queued: 'clock',
  running: 'loading',
  waiting: 'question',
  succeeded: 'pass',
  failed: 'error',
  cancelled: 'circle-slash',
  lost: 'debug-disconnect',
  background: 'output',
};
