import dgram from 'node:dgram';
import { apply } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Binding } from './bindings.ts';
import { type Intent, prototypeOf } from './connections.ts';
import type { Question } from './consent.ts';
import type { HostQuestions } from './hosts.ts';

type Request = { oncomplete(...given: unknown[]): void; callback?: (error: Error) => void };

/** Wraps sending, connecting and binding of UDP sockets. */
export function gateDatagrams(getBinding: (name: string) => Binding, hosts: HostQuestions, intent: Intent): void {
  const udp = prototypeOf(getBinding('udp_wrap')['UDP']);
  for (const name of ['send', 'send6']) gateSend(udp, name, hosts);
  for (const name of ['connect', 'connect6']) {
    gateWaiting(udp, name, hosts, (address, port) => hosts.aboutAddress('dgram.connect', address, port));
  }
  for (const name of ['bind', 'bind6']) {
    // Sending binds a socket to whichever port is free.
    gateWaiting(udp, name, hosts, (address, port) => (port === 0 ? null : hosts.about('dgram.bind', address, port)));
  }
  noteIntent(intent, hosts);
}

/** `send(message, [offset, length,] port, address)`: the address is the first text behind a number. */
function noteIntent(intent: Intent, hosts: HostQuestions): void {
  const prototype = dgram.Socket.prototype as unknown as Record<string, AnyFunction>;
  for (const name of ['send', 'connect']) {
    const original = prototype[name] as AnyFunction;
    prototype[name] = like(original, function (this: unknown, ...given: unknown[]) {
      if (!hosts.consent.policy()) return apply(original, this, given);
      intent.wanted = null;
      for (let i = 1; i < given.length; i++) {
        const host = given[i];
        const port = given[i - 1];
        if (typeof host === 'string' && typeof port === 'number') intent.wanted = { host, port };
      }
      const result = apply(original, this, given);
      intent.wanted = null;
      return result;
    });
  }
}

/** `send(request, list, count, port, address, hasCallback)`; on a connected socket `send(request, list, count, hasCallback)`. */
function gateSend(prototype: Record<string, AnyFunction>, name: string, hosts: HostQuestions): void {
  const original = prototype[name] as AnyFunction;
  prototype[name] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy() || given.length < 6) return apply(original, this, given);
    given[3] = Number(given[3]);
    given[4] = `${given[4] as string}`;
    const question = hosts.aboutAddress('dgram.send', given[4] as string, given[3] as number);
    if (!question) return apply(original, this, given);
    const request = given[0] as Request;
    const { callback } = request;
    hosts.consent.request(
      question,
      () => {
        const failure = apply(original, this, given) as number;
        // A positive one: it was sent at once, and nobody calls back.
        if (failure < 0) request.oncomplete(failure, 0);
        else if (failure > 0) request.oncomplete(0, failure - 1);
      },
      (error) => (callback ? apply(callback as AnyFunction, undefined, [error]) : undefined),
    );
    return 0;
  });
}

function gateWaiting(
  prototype: Record<string, AnyFunction>,
  name: string,
  hosts: HostQuestions,
  about: (address: string, port: number) => Question | null,
): void {
  const original = prototype[name] as AnyFunction;
  prototype[name] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy()) return apply(original, this, given);
    given[0] = `${given[0] as string}`;
    given[1] = Number(given[1]);
    const question = about(given[0] as string, given[1] as number);
    if (question) hosts.consent.require(question);
    return apply(original, this, given);
  });
}
