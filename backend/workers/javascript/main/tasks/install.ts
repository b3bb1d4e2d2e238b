import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import promises from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Link } from '../link.ts';
import { apply, defineProperty, uncurry } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import { Tasks } from './tasks.ts';
import { ThreadWork } from './threads.ts';
import { ImmediateWork, SleepWork, TimeoutWork } from './timers.ts';

// Taken before user code can replace them.
const events = process;
const { on, listenerCount } = events;
const NativeAbortController = AbortController;
const NativeAbortSignal = AbortSignal;
const anySignal = AbortSignal.any.bind(AbortSignal);
const abort = uncurry(AbortController.prototype.abort);
const then = uncurry(Promise.prototype.then);

export interface BackgroundTasks {
  cancel(taskId: number, replyTo: number): void;
  /** A cell is cancelled. */
  disturb(): void;
  /** To be called before each cell: an earlier one may have taken away what is needed. */
  renew(): void;
}

/**
 * Has timers and threads of user code watched. The functions that make timers are wrapped, 0.2–1 µs a call: async hooks would see them
 * as well, but make every promise several times slower, and let Node abort when a microtask is terminated (FACTS.md).
 */
export function installTasks(link: Link, control: Worker, idle: () => boolean): BackgroundTasks {
  const tasks = new Tasks(link, idle);
  const { setTimeout, setInterval, setImmediate } = timers;
  const functions: Record<string, AnyFunction> = {
    setTimeout: watched(setTimeout as AnyFunction, (timeout) => tasks.add(new TimeoutWork(timeout as NodeJS.Timeout))),
    setInterval: watched(setInterval as AnyFunction, (timeout) =>
      tasks.add(new TimeoutWork(timeout as NodeJS.Timeout)),
    ),
    setImmediate: watched(setImmediate as AnyFunction, (item) =>
      tasks.add(new ImmediateWork(item as NodeJS.Immediate)),
    ),
  };
  for (const [name, value] of Object.entries(functions)) {
    for (const target of [globalThis, timers]) {
      defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
    }
  }
  promises.setTimeout = sleep(promises.setTimeout as AnyFunction, tasks) as typeof promises.setTimeout;
  syncBuiltinESMExports();

  const threadAnyFunctioned = (worker: Worker) => {
    if (worker !== control) tasks.add(new ThreadWork(worker));
  };
  return {
    cancel: (taskId, replyTo) => tasks.cancel(taskId, replyTo),
    disturb: () => tasks.disturb(),
    renew: () => {
      tasks.refresh();
      if (apply(listenerCount, events, ['worker', threadAnyFunctioned]) === 0)
        apply(on, events, ['worker', threadAnyFunctioned]);
    },
  };
}

function watched(original: AnyFunction, started: (timer: unknown) => void): AnyFunction {
  return like(original, function (this: unknown, ...args: unknown[]) {
    const timer = apply(original, this, args);
    started(timer);
    return timer;
  });
}

/** `setTimeout` of `node:timers/promises`, with a signal of its own beside the user's. */
function sleep(original: AnyFunction, tasks: Tasks): AnyFunction {
  return like(original, function (this: unknown, ...args: unknown[]) {
    const [delay, value, options] = args as [unknown, unknown, { signal?: unknown; ref?: unknown } | undefined];
    const isPlain = options === undefined;
    // What the original will not take, or nobody waits for, is its own affair.
    if (!isPlain && (typeof options !== 'object' || options === null || options.ref === false)) {
      return apply(original, this, args);
    }
    const theirs = options?.signal;
    if (theirs !== undefined && !(theirs instanceof NativeAbortSignal)) return apply(original, this, args);
    const controller = new NativeAbortController();
    const signal = theirs ? anySignal([controller.signal, theirs]) : controller.signal;
    const promise = apply(original, this, [delay, value, { ...options, signal }]) as Promise<unknown>;
    const work = new SleepWork(delay, () => abort(controller));
    tasks.add(work);
    // The promise that user code gets is this one: whether it handles a rejection stays its own affair.
    return then(
      promise,
      ((result: unknown) => {
        work.live = false;
        return result;
      }) as never,
      ((error: unknown) => {
        work.live = false;
        throw error;
      }) as never,
    );
  });
}
