import { isIPv6 } from 'node:net';
import { mapDelete, mapGet, mapSet, mapSize, NativeMap, now, slice, startsWith } from '../primordials.ts';
import type { Consent, Question } from './consent.ts';
import type { PolicyView } from './policy-view.ts';

/** Names and passes that are kept; all are forgotten at once when there are more. */
const MAX_KEPT = 10_000;
/** Between the answer and the connection that it was given for. Milliseconds. */
const PASS_MS = 5_000;
const isV6 = isIPv6;

/**
 * Asks for hosts. The system connects to addresses, and a person is asked for names: which name an address was found by is noted when the
 * resolver answers. What was allowed once for a name lets the connection through that follows: a *pass* for each address.
 */
export class HostQuestions {
  readonly consent: Consent;
  #names = new NativeMap<string, string>();
  #passes = new NativeMap<string, number>();
  #policy: PolicyView | null = null;

  constructor(consent: Consent) {
    this.consent = consent;
  }

  /** Null when it is free. */
  about(operation: string, host: string, port: number | null): Question | null {
    if (!this.consent.asks('network')) return null;
    const question: Question = {
      category: 'network',
      target: withPort(host, port),
      parameters: { operation, host, port },
    };
    return this.consent.has(question) ? null : question;
  }

  /** About a connection to an address, by the name that it was found by. Takes the pass, if there is one. */
  aboutAddress(operation: string, address: string, port: number): Question | null {
    if (this.take(address, port)) return null;
    const name = isOfThisMachine(address) ? undefined : mapGet(this.#names, address);
    return this.about(operation, name ?? address, port);
  }

  /** The resolver has found addresses of a host for which a connection was allowed. */
  found(name: string, address: string, port: number | null): void {
    if (mapSize(this.#names) >= MAX_KEPT) this.#names = new NativeMap();
    mapSet(this.#names, address, name);
    // A name that leads to this very machine, and does not say so, is not what was allowed.
    if (port !== null && (!isOfThisMachine(address) || saysSo(name))) this.pass(address, port);
  }

  pass(host: string, port: number): void {
    this.#renew();
    if (mapSize(this.#passes) >= MAX_KEPT) this.#passes = new NativeMap();
    mapSet(this.#passes, withPort(host, port), now() + PASS_MS);
  }

  take(host: string, port: number | null): boolean {
    this.#renew();
    const key = withPort(host, port);
    const until = mapGet(this.#passes, key);
    if (until === undefined) return false;
    mapDelete(this.#passes, key);
    return until > now();
  }

  /** What was allowed under another policy is asked for again. */
  #renew(): void {
    const policy = this.consent.policy();
    if (policy === this.#policy) return;
    this.#policy = policy;
    this.#passes = new NativeMap();
  }
}

function withPort(host: string, port: number | null): string {
  const shown = isV6(host) ? `[${host}]` : host;
  return port === null ? shown : `${shown}:${port}`;
}

function isOfThisMachine(address: string): boolean {
  return (
    startsWith(address, '127.') ||
    startsWith(address, '0.') ||
    startsWith(address, '169.254.') ||
    startsWith(address, '::') ||
    startsWith(address, 'fe8')
  );
}

function saysSo(name: string): boolean {
  return name === 'localhost' || slice(name, -10) === '.localhost';
}
