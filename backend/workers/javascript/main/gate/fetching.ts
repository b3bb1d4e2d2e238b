import { apply, getter, NativePromise, slice, uncurry } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { HostQuestions } from './hosts.ts';

const NativeURL = URL;
const NativeSignal = AbortSignal;
const protocolOf = getter(URL.prototype, 'protocol') as (url: unknown) => string;
const hostnameOf = getter(URL.prototype, 'hostname') as (url: unknown) => string;
const portOf = getter(URL.prototype, 'port') as (url: unknown) => string;
const reasonOf = getter(AbortSignal.prototype, 'reason');
const listen = uncurry(AbortSignal.prototype.addEventListener as AnyFunction) as unknown as (
  signal: AbortSignal,
  type: string,
  listener: () => void,
) => void;
const unlisten = uncurry(AbortSignal.prototype.removeEventListener as AnyFunction) as unknown as typeof listen;
const then = uncurry(Promise.prototype.then as AnyFunction) as unknown as (
  promise: object,
  ...both: AnyFunction[]
) => void;
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Has `fetch` ask before it begins: it gives up a connection that is not there within 10 s, and a person may take longer. Its sockets are
 * gated like any; the answer to this question lets the first of them through. A redirect to another host is asked for there.
 */
export function gateFetch(hosts: HostQuestions): void {
  const functions = globalThis as unknown as { fetch: AnyFunction };
  const original = functions.fetch;
  functions.fetch = like(original, function (this: unknown, ...given: unknown[]) {
    const where = hosts.consent.policy() && target(given[0]);
    const question = where ? hosts.about('fetch', where.host, where.port) : null;
    if (!where || !question) return apply(original, this, given);
    return new NativePromise((resolve, reject) => {
      const options = given[1] as { signal?: unknown } | undefined;
      const signal = typeof options === 'object' && options !== null ? options.signal : undefined;
      const aborted = () => reject(reasonOf(signal));
      const listens = signal instanceof NativeSignal;
      if (listens) listen(signal, 'abort', aborted);
      // From the answer on it is for the original to follow the signal, which may live on for long.
      const answered = () => {
        if (listens) unlisten(signal, 'abort', aborted);
      };
      const go = () => {
        answered();
        hosts.pass(where.host, where.port);
        const response = apply(original, this, given) as Promise<unknown>;
        // A connection that was open already has not used it.
        const over = () => hosts.take(where.host, where.port);
        then(response, over, over);
        resolve(response);
      };
      hosts.consent.request(question, go, (error) => {
        answered();
        reject(error);
      });
    });
  });
}

/** Null when the original is to say what is wrong with it, or needs no network. */
function target(input: unknown): { readonly host: string; readonly port: number } | null {
  try {
    const text = typeof input === 'string' ? input : ((input as Request).url ?? (input as URL).href);
    const url = new NativeURL(text);
    const port = Number(portOf(url)) || PORTS[protocolOf(url)];
    if (port === undefined) return null;
    const host = hostnameOf(url);
    return { host: host[0] === '[' ? slice(host, 1, -1) : host, port };
  } catch {
    return null;
  }
}
