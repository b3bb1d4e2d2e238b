import { ProtocolError } from '../protocol/errors.ts';
import type { Level } from '../protocol/security.ts';
import type { Stream } from '../protocol/values.ts';
import type { Answer, Reply, Request } from './broker.ts';
import type { NoticeLevel } from './capability.ts';
import { CapabilityError } from './capability-error.ts';
import type { Effect, HostQuestion, PerformedCapability } from './performed.ts';
import type { Judged } from './policy/judge.ts';
import type { Steps } from './steps.ts';

/** What the performing needs of a session. */
export interface PerformHost {
  /** Absolute path of the session's folder. */
  readonly cwd: string;
  /** Absolute path of the workspace's state folder. */
  readonly stateFolder: string;
  readonly steps: Steps;
  /** The environment that the worker was started with. */
  env(): NodeJS.ProcessEnv;
  /** What the execution may do. */
  level(executionId: string | null): Level;
  /** Settles with the answer, null when there is none. Never when nobody waits for it any more. */
  ask(question: HostQuestion, request: Request): Promise<unknown>;
  /** Settles when the effect is allowed. Rejects with a `CapabilityError`. */
  judge(effect: Effect, request: Request, signal: AbortSignal): Promise<Judged>;
  /** Settles when there is room for more. */
  output(stream: Stream, executionId: string | null, bytes: Uint8Array): Promise<void>;
  notify(request: Request, level: NoticeLevel, message: string): void;
}

interface Underway {
  readonly executionId: string | null;
  readonly abort: AbortController;
}

/** What the backend does for the programs of one session at the moment. */
export class Performing {
  readonly #host: PerformHost;
  readonly #underway = new Map<number, Underway>();

  constructor(host: PerformHost) {
    this.#host = host;
  }

  /** @param reply called once, unless it is abandoned before. */
  start(capability: PerformedCapability, params: unknown, request: Request, payload: Uint8Array, reply: Reply): void {
    const { requestId, executionId } = request;
    const underway = { executionId, abort: new AbortController() };
    this.#underway.set(requestId, underway);
    const { signal } = underway.abort;
    this.#perform(capability, params, request, payload, signal)
      .catch((error: unknown) => ({ answer: failure(capability.name, error), payload: undefined }))
      .then((done) => {
        if (this.#underway.get(requestId) === underway) this.#underway.delete(requestId);
        if (!signal.aborted) send(capability.name, done, reply);
      });
  }

  /** Nobody waits for that request any more. */
  abandonRequest(requestId: number): void {
    this.#underway.get(requestId)?.abort.abort();
    this.#underway.delete(requestId);
  }

  /** The same for all of an execution, or of the session. */
  abandon(executionId?: string): void {
    for (const [requestId, underway] of [...this.#underway]) {
      if (executionId === undefined || underway.executionId === executionId) this.abandonRequest(requestId);
    }
  }

  async #perform(
    capability: PerformedCapability,
    params: unknown,
    request: Request,
    payload: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ answer: Answer; payload: Uint8Array | undefined }> {
    const { executionId, location } = request;
    const { cwd, stateFolder, env, level, steps, output, judge, ask, notify } = this.#host;
    let remember = true;
    let touched: string | null = null;
    for (const effect of await capability.effects(params, env())) {
      const judged = await judge(effect, request, signal);
      remember &&= judged.remember;
      touched = judged.touched;
    }
    signal.throwIfAborted();
    const { value, payload: content } = await capability.perform(
      params,
      {
        executionId,
        location,
        notify: (level, message) => notify(request, level, message),
        cwd,
        env: env(),
        stateFolder,
        level: level(executionId),
        steps,
        ask: (question) => unlessAborted(ask(question, request), signal),
        signal,
        judge: async (effect) => void (await judge(effect, request, signal)),
        remember,
        touched,
        output: async (stream, bytes) => {
          if (!signal.aborted) await output(stream, executionId, bytes);
        },
      },
      payload,
    );
    return { answer: { status: 'answered', value }, payload: content };
  }
}

function unlessAborted<Result>(waiting: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    waiting.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** An answer that does not fit into a frame is told as a failure. */
function send(
  name: string,
  { answer, payload }: { answer: Answer; payload: Uint8Array | undefined },
  reply: Reply,
): void {
  try {
    reply(answer, payload);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    reply({ status: 'failed', code: 'failed', message: `${name}: The answer is too large. ${error.message}` });
  }
}

function failure(name: string, error: unknown): Answer {
  if (error instanceof CapabilityError) {
    const { code, message, errno } = error;
    return { status: 'failed', code, message, ...(errno !== undefined && { errno }) };
  }
  return { status: 'failed', code: 'failed', message: `${name}: ${(error as Error).message}` };
}
