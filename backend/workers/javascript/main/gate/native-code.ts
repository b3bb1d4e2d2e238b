import crypto from 'node:crypto';
import inspector from 'node:inspector';
import v8 from 'node:v8';
import { apply, construct, NativeSet, setAdd, setHas } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Binding } from './bindings.ts';
import { prototypeOf } from './connections.ts';
import type { Consent } from './consent.ts';
import type { HostQuestions } from './hosts.ts';
import { type PathQuestions, pinned } from './paths.ts';

const { execPath } = process;
const DEFAULT_INSPECTOR_PORT = 9229;

/** Wraps what brings code into the process that the gate does not see, or lets code take the gate apart. */
export function gateNativeCode(
  getBinding: (name: string) => Binding,
  paths: PathQuestions,
  hosts: HostQuestions,
): void {
  const { consent } = paths;
  // Node's loader of `.node` files calls it there, too.
  gatePath(process, 'dlopen', 'process.dlopen', 1, paths);
  gatePath(crypto, 'setEngine', 'crypto.setEngine', 0, paths);
  gatePath(v8, 'setFlagsFromString', 'v8.setFlagsFromString', null, paths);
  gateInspector(getBinding('inspector'), consent, paths, hosts);
}

/** @param at where the path stands; null: this process itself is meant */
function gatePath(owner: object, name: string, shown: string, at: number | null, paths: PathQuestions): void {
  const functions = owner as Record<string, AnyFunction>;
  const original = functions[name];
  if (typeof original !== 'function') return;
  functions[name] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!paths.consent.policy()) return apply(original, this, given);
    if (at !== null) given[at] = pinned(given[at]);
    const question = paths.about('native', shown, at === null ? execPath : given[at]);
    if (question) paths.consent.require(question);
    return apply(original, this, given);
  });
}

/** A debugger sees what the gate's functions hold. Asked for once a connection, and for the port that others connect to. */
function gateInspector(binding: Binding, consent: Consent, paths: PathQuestions, hosts: HostQuestions): void {
  const known = new NativeSet<object>();
  for (const name of ['Connection', 'MainThreadConnection']) {
    const prototype = prototypeOf(binding[name]);
    const original = prototype['dispatch'] as AnyFunction;
    prototype['dispatch'] = like(original, function (this: unknown, ...given: unknown[]) {
      if (!consent.policy() || setHas(known, this as object)) return apply(original, this, given);
      const question = paths.about('native', 'inspector.Session', execPath);
      if (question) consent.require(question);
      setAdd(known, this as object);
      return apply(original, this, given);
    });
  }
  const functions = inspector as unknown as Record<string, AnyFunction>;
  for (const owner of [functions, binding]) {
    const original = owner['open'] as AnyFunction;
    owner['open'] = like(original, function (this: unknown, ...given: unknown[]) {
      if (!consent.policy()) return apply(original, this, given);
      const port = given[0] === undefined ? DEFAULT_INSPECTOR_PORT : Number(given[0]);
      const host = given[1] === undefined ? '127.0.0.1' : `${given[1] as string}`;
      const question = hosts.about('inspector.open', host, port);
      if (question) consent.require(question);
      return apply(original, this, given);
    });
  }
}

/** A class whose instances are asked for. @param ask throws when it must not be made; may pin the arguments */
export function gateConstructor(
  module: Record<string, unknown>,
  name: string,
  consent: Consent,
  ask: (given: unknown[]) => void,
): void {
  const original = module[name] as (AnyFunction & { prototype: object }) | undefined;
  if (typeof original !== 'function') return;
  const gated = new Proxy(original, {
    __proto__: null,
    construct(target: AnyFunction, given: unknown[], newTarget: AnyFunction) {
      if (consent.policy()) ask(given);
      return construct(target, given, newTarget) as object;
    },
  } as ProxyHandler<AnyFunction>);
  Object.defineProperty(original.prototype, 'constructor', { value: gated, writable: true, configurable: true });
  module[name] = gated;
}
