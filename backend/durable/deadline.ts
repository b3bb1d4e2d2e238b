import { setTimeout as delay } from 'node:timers/promises';
import { DurableError } from './durable-error.ts';
import type { Network, Request } from './sdk.ts';

/** A server or database that has not answered by then counts as away: a cell's end waits for it. */
export const ANSWER_MS = 5_000;

/** A network whose requests fail when nothing answers in time; the SDK's own wait for a body, and for Postgres, as long as the connection lives. */
export function withDeadline(network: Network, place: string): Network {
  const send = async (request: Request) => {
    const over = new AbortController();
    const late = delay(ANSWER_MS, undefined, { signal: over.signal, ref: false }).then(() => {
      throw new DurableError('unavailable', `${place} did not answer within ${ANSWER_MS / 1000} s.`);
    });
    try {
      // An answer has the shape of its request's kind, which the two types do not say together.
      return await Promise.race([network.send(request as never), late]);
    } finally {
      late.catch(() => {});
      over.abort();
    }
  };
  return {
    unicast: network.unicast,
    anycast: network.anycast,
    match: (target) => network.match(target),
    init: () => network.init(),
    stop: () => network.stop(),
    recv: (callback) => network.recv(callback),
    send: send as Network['send'],
  };
}
