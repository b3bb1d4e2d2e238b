import type { Message } from './sdk.ts';

const FIRST_MS = 50;
const LONGEST_MS = 30_000;

/**
 * Delivers messages. Work that came back without progress, because its function is not registered or throws what cannot be encoded, waits
 * longer each time: given out at once it would go round as fast as the machine can (FACTS.md).
 */
export class Redelivery {
  readonly #deliver: (address: string, message: Message) => void;
  readonly #returned = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #stopped = false;

  constructor(deliver: (address: string, message: Message) => void) {
    this.#deliver = deliver;
  }

  now(address: string, message: Message): void {
    setImmediate(() => {
      if (!this.#stopped) this.#deliver(address, message);
    });
  }

  later(address: string, message: Message): void {
    const id = message.kind === 'execute' ? message.data.task.id : '';
    const times = this.#returned.get(id) ?? 0;
    this.#returned.set(id, times + 1);
    clearTimeout(this.#timers.get(id));
    const timer = setTimeout(
      () => {
        this.#timers.delete(id);
        this.now(address, message);
      },
      Math.min(FIRST_MS * 2 ** times, LONGEST_MS),
    );
    timer.unref();
    this.#timers.set(id, timer);
  }

  progressed(id: string): void {
    this.#returned.delete(id);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
