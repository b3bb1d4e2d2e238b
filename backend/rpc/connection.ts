import * as z from 'zod';
import type { Method, ParamsOf, ResultOf } from '../protocol/client/method.ts';
import { HoldfastError, ProtocolError } from '../protocol/errors.ts';
import { type Frame, NO_PAYLOAD } from '../protocol/frame.ts';
import { RpcMessage } from '../protocol/rpc.ts';
import { unreachable } from '../protocol/unreachable.ts';
import type { Transport } from './transport.ts';

/** What a handler gets beside its parameters. */
export interface RequestContext {
  readonly payload: Uint8Array;
  /** Aborted when the caller cancels or the connection closes. */
  readonly signal: AbortSignal;
  /** Bytes that travel with the answer. */
  reply(payload: Uint8Array): void;
}

export type Handler<M extends Method> = (
  params: ParamsOf<M>,
  context: RequestContext,
) => Promise<ResultOf<M>> | ResultOf<M>;

export interface RequestOptions {
  readonly payload?: Uint8Array;
  readonly signal?: AbortSignal;
  /** Milliseconds until the request fails with `timeout`. Default 30,000; Infinity waits as long as the connection lives. */
  readonly deadline?: number;
}

/** An answer and the bytes that came with it. */
export interface Answer<M extends Method> {
  readonly result: ResultOf<M>;
  readonly payload: Uint8Array;
}

interface Pending {
  readonly method: Method;
  settle(answer: { readonly result: unknown; readonly payload: Uint8Array } | HoldfastError): void;
}

const DEFAULT_DEADLINE_MS = 30_000;

/**
 * Requests, responses and events over a transport. Every request settles: with its answer, with the failure the other side
 * reports, at its deadline, when it is cancelled, or when the connection closes.
 */
export class Connection {
  readonly #transport: Transport;
  readonly #handlers = new Map<string, { method: Method; handler: Handler<Method> }>();
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Map<number, AbortController>();
  readonly #closeListeners: ((reason: Error | null) => void)[] = [];
  #eventListener: (body: unknown, payload: Uint8Array) => void = () => {};
  #nextId = 1;
  #closed: { reason: Error | null } | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  handle<M extends Method>(method: M, handler: Handler<M>): void {
    // The map forgets which method a handler belongs to; the two are only ever used together, after `method.params` has checked.
    this.#handlers.set(method.name, { method, handler: handler as unknown as Handler<Method> });
  }

  onEvent(listener: (body: unknown, payload: Uint8Array) => void): void {
    this.#eventListener = listener;
  }

  /** @param listener told once, at once when the connection is closed already. */
  onClose(listener: (reason: Error | null) => void): void {
    if (this.#closed) listener(this.#closed.reason);
    else this.#closeListeners.push(listener);
  }

  /** Starts reading. Handlers must be registered before. */
  listen(): void {
    this.#transport.listen({
      frame: (frame) => this.#receive(frame),
      closed: (reason) => this.#settleAll(reason),
    });
  }

  /** @throws HoldfastError with the code the other side reports, or `closed`, `timeout`, `cancelled`. */
  async request<M extends Method>(method: M, params: ParamsOf<M>, options: RequestOptions = {}): Promise<ResultOf<M>> {
    return (await this.requestBytes(method, params, options)).result;
  }

  /** As `request`, for a method whose answer carries bytes. */
  requestBytes<M extends Method>(method: M, params: ParamsOf<M>, options: RequestOptions = {}): Promise<Answer<M>> {
    const { signal, deadline = DEFAULT_DEADLINE_MS, payload } = options;
    if (this.#closed) return Promise.reject(closedError(this.#closed.reason));
    if (signal?.aborted) return Promise.reject(new HoldfastError('cancelled', `${method.name} was cancelled.`));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const giveUp = (code: 'cancelled' | 'timeout', message: string) => {
        this.#send({ type: 'cancel', replyTo: id });
        pending.settle(new HoldfastError(code, message));
      };
      const onAbort = () => giveUp('cancelled', `${method.name} was cancelled.`);
      const timer = Number.isFinite(deadline)
        ? setTimeout(() => giveUp('timeout', `${method.name} got no answer within ${deadline / 1000} s.`), deadline)
        : undefined;
      const pending: Pending = {
        method,
        settle: (answer) => {
          this.#pending.delete(id);
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          // The result was checked by method.result before it came here.
          if (answer instanceof HoldfastError) reject(answer);
          else resolve(answer as Answer<M>);
        },
      };
      this.#pending.set(id, pending);
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        this.#transport.send({ type: 'request', id, timestamp: Date.now(), method: method.name, params }, payload);
      } catch (error) {
        pending.settle(error as HoldfastError);
      }
    });
  }

  /** @returns false when the other side is behind. */
  sendEvent(body: object, payload: Uint8Array = NO_PAYLOAD): boolean {
    return this.#transport.send({ type: 'event', id: this.#nextId++, timestamp: Date.now(), body }, payload);
  }

  drained(): Promise<void> {
    return this.#transport.drained();
  }

  close(reason?: Error): void {
    this.#transport.close(reason);
  }

  #send(body: Record<string, unknown>, payload?: Uint8Array): void {
    this.#transport.send({ id: this.#nextId++, timestamp: Date.now(), ...body }, payload);
  }

  #receive({ header, payload }: Frame): void {
    const parsed = RpcMessage.safeParse(header);
    if (!parsed.success) {
      this.close(new ProtocolError('malformed', `Unknown message: ${z.prettifyError(parsed.error)}`));
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'request':
        void this.#answer(message.id, message.method, message.params, payload);
        return;
      case 'response':
        this.#resolve(message.replyTo, message.result, payload);
        return;
      case 'failure':
        this.#pending.get(message.replyTo)?.settle(new HoldfastError(message.code, message.message));
        return;
      case 'cancel':
        this.#running.get(message.replyTo)?.abort();
        return;
      case 'event':
        this.#eventListener(message.body, payload);
        return;
      default:
        unreachable(message);
    }
  }

  #resolve(id: number, result: unknown, payload: Uint8Array): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    const checked = pending.method.result.safeParse(result);
    if (checked.success) pending.settle({ result: checked.data, payload });
    else pending.settle(wrongShape(`The answer to ${pending.method.name}`, checked.error));
  }

  async #answer(id: number, name: string, params: unknown, payload: Uint8Array): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    try {
      const entry = this.#handlers.get(name);
      if (!entry) throw new HoldfastError('not_found', `There is no method "${name}".`);
      const checked = entry.method.params.safeParse(params);
      if (!checked.success) throw wrongShape(`The parameters of ${name}`, checked.error);
      let reply = NO_PAYLOAD;
      const result = await entry.handler(checked.data, {
        payload,
        signal: abort.signal,
        reply: (bytes) => {
          reply = bytes;
        },
      });
      this.#send({ type: 'response', replyTo: id, result }, reply);
    } catch (error) {
      const known = error instanceof HoldfastError ? error : undefined;
      this.#send({
        type: 'failure',
        replyTo: id,
        code: known?.code ?? 'internal',
        message: known?.message ?? `${name} failed: ${error instanceof Error ? error.message : String(error)}`,
      });
      if (!known) this.onInternalError(error);
    } finally {
      this.#running.delete(id);
    }
  }

  /** Told of an error in a handler that is a bug, after the caller has got `internal`. */
  onInternalError: (error: unknown) => void = () => {};

  #settleAll(reason: Error | null): void {
    this.#closed = { reason };
    for (const pending of [...this.#pending.values()]) pending.settle(closedError(reason));
    for (const abort of this.#running.values()) abort.abort();
    for (const listener of this.#closeListeners) listener(reason);
  }
}

function closedError(reason: Error | null): HoldfastError {
  if (reason instanceof HoldfastError) return reason;
  const why = reason ? `: ${reason.message}` : '.';
  return new HoldfastError('closed', `The connection was closed${why}`);
}

function wrongShape(what: string, error: z.ZodError): HoldfastError {
  return new HoldfastError('invalid', `${what} have the wrong shape: ${z.prettifyError(error)}`);
}
