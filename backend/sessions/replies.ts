import { HoldfastError } from '../protocol/errors.ts';

const TIMEOUT_MS = 5_000;

/** Requests to a worker that it has not answered yet. */
export class Replies<Answer> {
  readonly #pending = new Map<number, (answer: Answer | HoldfastError) => void>();
  readonly #late: string;

  /** @param late what a person is told when the answer does not come in time */
  constructor(late: string) {
    this.#late = late;
  }

  /** @param id of the request's message. @throws HoldfastError `timeout` after 5 s, `closed` when the worker is gone. */
  wait(id: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (answer: Answer | HoldfastError) => {
        this.#pending.delete(id);
        clearTimeout(timer);
        if (answer instanceof HoldfastError) reject(answer);
        else resolve(answer);
      };
      const timer = setTimeout(() => settle(new HoldfastError('timeout', this.#late)), TIMEOUT_MS);
      this.#pending.set(id, settle);
    });
  }

  answer(id: number, answer: Answer): void {
    this.#pending.get(id)?.(answer);
  }

  /** The worker is gone. */
  close(reason: string): void {
    for (const settle of [...this.#pending.values()]) settle(new HoldfastError('closed', reason));
  }
}
