import net from 'node:net';
import { apply, getOwnPropertyDescriptor, isArray, slice } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Binding } from './bindings.ts';
import type { Question } from './consent.ts';
import type { HostQuestions } from './hosts.ts';
import { ownerOf, tellInstead } from './owner.ts';
import type { PathQuestions } from './paths.ts';

/** Of libuv, on every system but Windows, where it is another number that nobody looks at. */
export const UV_EACCES = -13;

/** The connection that a call of `connect` is about to make: the resolver is asked for its host before there is a handle. */
export interface Wanted {
  readonly host: string;
  readonly port: number;
}
export interface Intent {
  wanted: Wanted | null;
}

type Request = { oncomplete(...given: unknown[]): void };

/** Wraps what every stream socket goes through, TLS, HTTP and `fetch` included: `connect` and `listen` of the handles. */
export function gateConnections(
  getBinding: (name: string) => Binding,
  hosts: HostQuestions,
  paths: PathQuestions,
): Intent {
  const intent: Intent = { wanted: null };
  const tcp = prototypeOf(getBinding('tcp_wrap')['TCP']);
  const pipe = prototypeOf(getBinding('pipe_wrap')['Pipe']);
  gateConnect(tcp, 'connect', hosts);
  gateConnect(tcp, 'connect6', hosts);
  gatePipe(pipe, hosts, paths);
  gateListen(tcp, hosts);
  gatePipeBind(pipe, paths);
  noteIntent(intent, hosts);
  return intent;
}

export function prototypeOf(type: unknown): Record<string, AnyFunction> {
  return (type as { prototype: Record<string, AnyFunction> }).prototype;
}

/** Nothing is decided by it: it says which port goes with a host that the resolver is asked for. */
function noteIntent(intent: Intent, hosts: HostQuestions): void {
  const prototype = net.Socket.prototype as unknown as Record<string, AnyFunction>;
  const connect = prototype['connect'] as AnyFunction;
  prototype['connect'] = like(connect, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy()) return apply(connect, this, given);
    const options = isArray(given[0]) ? given[0][0] : given[0];
    const field = (name: string) =>
      typeof options === 'object' && options !== null ? getOwnPropertyDescriptor(options, name)?.value : undefined;
    const host = field('host') ?? given[1];
    const port = Number(field('port') ?? given[0]);
    intent.wanted = typeof host === 'string' && port >= 0 ? { host, port } : { host: 'localhost', port };
    const result = apply(connect, this, given);
    intent.wanted = null;
    return result;
  });
}

function gateConnect(prototype: Record<string, AnyFunction>, name: string, hosts: HostQuestions): void {
  const original = prototype[name] as AnyFunction;
  prototype[name] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy()) return apply(original, this, given);
    given[1] = `${given[1] as string}`;
    given[2] = Number(given[2]);
    const question = hosts.aboutAddress('net.connect', given[1] as string, given[2] as number);
    if (!question) return apply(original, this, given);
    connectWhenAllowed(original, this as object, given, question, hosts);
    return 0;
  });
}

/** The caller goes on at once: that it failed is told to its request. */
function connectWhenAllowed(
  original: AnyFunction,
  handle: object,
  given: unknown[],
  question: Question,
  hosts: HostQuestions,
): void {
  const request = given[0] as Request;
  hosts.consent.request(
    question,
    () => {
      if (ownerOf(handle)?.destroyed) return;
      // Of a pipe it may be nothing.
      const failure = apply(original, handle, given) as number | undefined;
      if (failure) request.oncomplete(failure, handle, request, true, true);
    },
    (error) => refuse(handle, request, error),
  );
}

function refuse(handle: object, request: Request, error: Error): void {
  const owner = ownerOf(handle);
  if (owner?.destroy) owner.destroy(error);
  else request.oncomplete(UV_EACCES, handle, request, true, true);
}

/** A socket of this machine is a host by its path: what listens there is what is talked to. */
function gatePipe(prototype: Record<string, AnyFunction>, hosts: HostQuestions, paths: PathQuestions): void {
  const original = prototype['connect'] as AnyFunction;
  prototype['connect'] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy()) return apply(original, this, given);
    given[1] = `${given[1] as string}`;
    const name = given[1] as string;
    // Linux has names that are no files; they begin with NUL.
    const shown = name[0] === '\0' ? `@${slice(name, 1)}` : paths.real(name, true);
    const question = hosts.about('net.connect', `unix:${shown}`, null);
    if (!question) return apply(original, this, given);
    connectWhenAllowed(original, this as object, given, question, hosts);
    return 0;
  });
}

/** Waits: whoever calls `listen` of a handle takes it for listening when that returns. */
function gateListen(prototype: Record<string, AnyFunction>, hosts: HostQuestions): void {
  const original = prototype['listen'] as AnyFunction;
  const name = prototype['getsockname'] as AnyFunction;
  prototype['listen'] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!hosts.consent.policy()) return apply(original, this, given);
    const own = { __proto__: null } as { address?: string; port?: number };
    apply(name, this, [own]);
    const question = hosts.about('net.listen', own.address ?? '::', own.port ?? null);
    return question
      ? refusable(
          this as object,
          () => hosts.consent.require(question),
          () => apply(original, this, given),
        )
      : apply(original, this, given);
  });
}

function gatePipeBind(prototype: Record<string, AnyFunction>, paths: PathQuestions): void {
  const original = prototype['bind'] as AnyFunction;
  prototype['bind'] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!paths.consent.policy()) return apply(original, this, given);
    given[0] = `${given[0] as string}`;
    const question = paths.about('write', 'net.listen', given[0], false);
    if (question) paths.consent.require(question);
    return apply(original, this, given);
  });
}

/** Asks, and has a refusal told as Node tells a failure to listen. */
function refusable(handle: object, ask: () => void, go: () => unknown): unknown {
  try {
    ask();
  } catch (error) {
    const owner = ownerOf(handle);
    if (!owner) throw error;
    tellInstead(owner, error as Error);
    return UV_EACCES;
  }
  return go();
}
