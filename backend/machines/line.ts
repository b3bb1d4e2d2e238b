import type { TLSSocket } from 'node:tls';
import type { FromMachine, ToMachine } from '../protocol/machine.ts';
import { Connection } from '../rpc/connection.ts';
import { StreamTransport } from '../rpc/transport.ts';

/** Each side says that it is alive so often. Milliseconds. */
const ALIVE_MS = 5_000;
/** One that has said nothing for so long is gone. A suspended laptop is heard again before that, or is not. Milliseconds. */
export const SILENCE_MS = 60_000;

/** A connection between a backend and a machine: requests until the worker is started, then events both ways. */
export class Line<Out extends ToMachine | FromMachine> {
  readonly connection: Connection;
  readonly #socket: TLSSocket;
  readonly #transport: StreamTransport;
  #silence: NodeJS.Timeout | undefined;
  #alive: NodeJS.Timeout | undefined;
  #held = false;

  constructor(socket: TLSSocket) {
    socket.setNoDelay(true);
    this.#socket = socket;
    this.#transport = new StreamTransport(socket);
    this.connection = new Connection(this.#transport);
    this.connection.onClose(() => {
      clearTimeout(this.#silence);
      clearInterval(this.#alive);
      socket.destroySoon();
    });
  }

  /** From now on silence means that the other side is gone. @param alive says that this side is not. */
  watch(alive: Out): void {
    if (this.connection.closed) return;
    this.#alive = setInterval(() => this.connection.sendEvent(alive), ALIVE_MS);
    this.#listen();
  }

  heard(): void {
    if (!this.#held) this.#silence?.refresh();
  }

  /** Reads nothing until released: the other side waits. */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    if (held) {
      this.#transport.pause();
      clearTimeout(this.#silence);
    } else {
      if (this.#alive) this.#listen();
      this.#transport.resume();
    }
  }

  #listen(): void {
    clearTimeout(this.#silence);
    if (this.connection.closed || this.#held) return;
    this.#silence = setTimeout(() => this.cut(new Error(`nothing was heard for ${SILENCE_MS / 1000} s`)), SILENCE_MS);
  }

  /** Ends at once: what has not been sent is of no use to anybody. */
  cut(reason: Error): void {
    this.connection.close(reason);
    this.#socket.destroy();
  }
}
