import { HoldfastError } from '../protocol/errors.ts';

const TIMEOUT_MS = 5_000;

export interface WaitOptions<Part> {
  /** Milliseconds until it is too late: 5 s unless it says otherwise. */
  readonly timeout?: number;
  /** Takes what comes of it before the answer, in order. What it throws becomes the failure of the request. */
  readonly part?: (part: Part) => void;
  /** Told of the answer before anything that comes behind it; the promise settles later. */
  readonly answered?: () => void;
}

interface Pending<Answer, Part> {
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
  readonly part: WaitOptions<Part>['part'];
}

/** Requests to a worker that it has not answered yet. */
export class Replies<Answer, Part = never> {
  readonly #pending = new Map<number, Pending<Answer, Part>>();
  readonly #late: string;

  /** @param late what a person is told when the answer does not come in time */
  constructor(late: string) {
    this.#late = late;
  }

  /** @param id of the request's message. @throws HoldfastError `timeout` when it is late, `closed` when the worker is gone. */
  wait(id: number, { timeout = TIMEOUT_MS, part, answered }: WaitOptions<Part> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#pending.delete(id);
        clearTimeout(timer);
      };
      const fail = (error: Error) => {
        done();
        reject(error);
      };
      const answer = (value: Answer) => {
        done();
        answered?.();
        resolve(value);
      };
      const timer = setTimeout(() => fail(new HoldfastError('timeout', this.#late)), timeout);
      this.#pending.set(id, { answer, fail, part });
    });
  }

  answer(id: number, answer: Answer): void {
    this.#pending.get(id)?.answer(answer);
  }

  /** Something of an answer that is still to come. */
  part(id: number, part: Part): void {
    const pending = this.#pending.get(id);
    try {
      pending?.part?.(part);
    } catch (error) {
      pending?.fail(error as Error);
    }
  }

  /** The worker is gone. */
  close(reason: string): void {
    for (const { fail } of [...this.#pending.values()]) fail(new HoldfastError('closed', reason));
  }
}
