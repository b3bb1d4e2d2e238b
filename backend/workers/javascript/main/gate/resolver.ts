import { apply, isArray } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Binding } from './bindings.ts';
import { type Intent, prototypeOf } from './connections.ts';
import type { HostQuestions } from './hosts.ts';

interface Lookup {
  oncomplete: AnyFunction;
  callback?: AnyFunction;
  reject?: AnyFunction;
}

/** Wraps the questions to the resolver: a name can carry data out as well as a connection. */
export function gateResolver(getBinding: (name: string) => Binding, hosts: HostQuestions, intent: Intent): void {
  const cares = getBinding('cares_wrap');
  gateLookup(cares, hosts, intent);
  gateQuery(cares, 'getnameinfo', 'dns.lookupService', hosts);
  const channel = prototypeOf(cares['ChannelWrap']);
  for (const name of Object.getOwnPropertyNames(channel)) {
    if (name.startsWith('query') || name === 'getHostByAddr') gateQuery(channel, name, 'dns.resolve', hosts);
  }
  gateServers(channel, hosts);
}

/** What `connect` looks up is asked for with its port; then the connection is not asked for again. */
function gateLookup(cares: Binding, hosts: HostQuestions, intent: Intent): void {
  const original = cares['getaddrinfo'] as AnyFunction;
  cares['getaddrinfo'] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy()) return apply(original, this, given);
    const { wanted } = intent;
    intent.wanted = null;
    const request = given[0] as Lookup;
    given[1] = `${given[1] as string}`;
    const host = given[1] as string;
    const port = wanted?.host === host ? wanted.port : null;
    const { oncomplete } = request;
    const go = (): unknown => {
      request.oncomplete = function (this: unknown, ...results: unknown[]) {
        const addresses = results[1];
        if (isArray(addresses)) for (let i = 0; i < addresses.length; i++) hosts.found(host, addresses[i], port);
        return apply(oncomplete, this, results);
      };
      return apply(original, this, given);
    };
    if (hosts.take(host, port)) return go();
    const question = hosts.about(port === null ? 'dns.lookup' : 'net.connect', host, port);
    if (!question) return go();
    hosts.consent.request(
      question,
      () => {
        const failure = go();
        if (failure) apply(oncomplete, request, [failure]);
      },
      (error) => refuse(request, error),
    );
    return 0;
  });
}

function gateQuery(owner: Record<string, AnyFunction>, name: string, operation: string, hosts: HostQuestions): void {
  const original = owner[name] as AnyFunction;
  owner[name] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy()) return apply(original, this, given);
    given[1] = `${given[1] as string}`;
    const question = hosts.about(operation, given[1] as string, null);
    if (!question) return apply(original, this, given);
    const request = given[0] as Lookup;
    hosts.consent.request(
      question,
      () => {
        const failure = apply(original, this, given);
        if (failure) apply(request.oncomplete, request, [failure]);
      },
      (error) => refuse(request, error),
    );
    return 0;
  });
}

/** A server of the user's own is who is told the names: `[family, address, port]` each. */
function gateServers(channel: Record<string, AnyFunction>, hosts: HostQuestions): void {
  const original = channel['setServers'] as AnyFunction;
  channel['setServers'] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy()) return apply(original, this, given);
    const servers = given[0] as readonly (readonly [number, string, number])[];
    for (let i = 0; i < servers.length; i++) {
      const server = servers[i] as readonly [number, string, number];
      const question = hosts.about('dns.setServers', `${server[1]}`, Number(server[2]));
      if (question) hosts.consent.require(question);
    }
    return apply(original, this, given);
  });
}

function refuse(request: Lookup, error: Error): void {
  if (request.reject) apply(request.reject, request, [error]);
  else if (request.callback) apply(request.callback, request, [error]);
  else apply(request.oncomplete, request, [error]);
}
