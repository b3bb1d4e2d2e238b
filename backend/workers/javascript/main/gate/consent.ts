import { AsyncLocalStorage } from 'node:async_hooks';
import { Word } from '../../shared/memory.ts';
import type { Answer, FromMain } from '../../shared/messages.ts';
import { type Capabilities, failure } from '../capabilities.ts';
import type { Link } from '../link.ts';
import { defineValue, hasOwn, load, NativeSet, setAdd, setHas, setSize } from '../primordials.ts';
import { Allowances } from './allowances.ts';
import { type Category, PolicyView } from './policy-view.ts';

/** What an operation would do, and how the host is asked for it. */
export interface Question {
  readonly category: Category;
  /** What is touched, in one text: the path, `host:port`, the command. */
  readonly target: string;
  readonly parameters: Extract<FromMain, { kind: 'request' }>['parameters'];
}

/** Answers that are remembered; all are forgotten at once when there are more. */
const MAX_REMEMBERED = 10_000;
const EACCES = -13;

const { snapshot } = AsyncLocalStorage as typeof AsyncLocalStorage & {
  snapshot(): (run: () => void) => void;
};

/**
 * Asks the host before an operation. Nothing here is undone later on: user code may be terminated at any point, and no `finally` runs then
 * (FACTS.md), so there is nothing that says "an operation is under way".
 */
export class Consent {
  readonly #capabilities: Capabilities;
  readonly #link: Link;
  readonly #keepsContext: boolean;
  readonly #allowances = new Allowances();
  #policy: PolicyView | null = null;
  #seen = 0;
  #remembered = new NativeSet<string>();

  /** @param keepsContext AsyncLocalStorage can be used */
  constructor(capabilities: Capabilities, link: Link, keepsContext: boolean) {
    this.#capabilities = capabilities;
    this.#link = link;
    this.#keepsContext = keepsContext;
  }

  /** The policy of now; null when nothing is asked for. */
  policy(): PolicyView | null {
    if (load(this.#link.memory.words, Word.policy) !== this.#seen) this.#renew();
    return this.#policy;
  }

  asks(category: Category): boolean {
    const policy = this.policy();
    return policy !== null && setHas(policy.asks, category);
  }

  /** A cell begins, or there is a new policy: what was allowed for one operation is over. */
  renew(): void {
    this.#allowances.clear();
  }

  get allowances(): Allowances {
    return this.#allowances;
  }

  /** Whether it need not be asked for. */
  has({ category, target }: Question): boolean {
    return !this.asks(category) || setHas(this.#remembered, `${category} ${target}`);
  }

  /** Blocks until it is allowed. @throws an error named PermissionError, TimeoutError, EOFError */
  require(question: Question): void {
    if (this.has(question)) return;
    this.#judge(question, this.#capabilities.blockForAnswer(question.category, question.parameters));
  }

  /** Calls one of the two, at once when it need not be asked for; else later, in the same asynchronous context. */
  request(question: Question, allowed: () => void, refused: (error: Error) => void): void {
    if (this.has(question)) {
      allowed();
      return;
    }
    const inContext: (run: () => void) => void = this.#keepsContext ? snapshot() : (run) => run();
    this.#capabilities.decide(question.category, question.parameters, (answer) => {
      inContext(() => {
        let error: Error | undefined;
        try {
          this.#judge(question, answer);
        } catch (refusal) {
          error = refusal as Error;
        }
        if (error) refused(error);
        else allowed();
      });
    });
  }

  /**
   * Asks for one after the other, and then goes on. What goes wrong there comes to `failed`, as a refusal does: when an answer is late, whoever
   * called is not there any more to catch it.
   */
  requestAll(questions: readonly (Question | null)[], go: () => void, failed: (error: Error) => void): void {
    const next = (at: number): void => {
      const question = at < questions.length ? questions[at] : undefined;
      if (question) this.request(question, () => next(at + 1), failed);
      else if (at < questions.length) next(at + 1);
      else attempt(go, failed);
    };
    next(0);
  }

  /** The same, blocking. @throws as `require` does */
  requireAll(questions: readonly (Question | null)[]): void {
    for (let i = 0; i < questions.length; i++) {
      const question = questions[i];
      if (question) this.require(question);
    }
  }

  #judge(question: Question, answer: Answer): void {
    if (answer.status === 'failed') {
      const error = failure(answer);
      // As the system says it, so that a library which knows what to do without a file does it.
      if (answer.code === 'denied') {
        defineValue(error, 'code', 'EACCES', true);
        defineValue(error, 'errno', EACCES, true);
        defineValue(error, 'syscall', question.parameters['operation'], true);
        if (hasOwn(question.parameters, 'path')) defineValue(error, 'path', question.parameters['path'], true);
      }
      throw error;
    }
    const value = answer.value as { allowed: boolean; remember: boolean };
    if (!hasOwn(value, 'remember') || value.remember !== true) return;
    if (setSize(this.#remembered) >= MAX_REMEMBERED) this.#remembered = new NativeSet();
    setAdd(this.#remembered, `${question.category} ${question.target}`);
  }

  #renew(): void {
    this.#seen = load(this.#link.memory.words, Word.policy);
    this.#capabilities.takeTrusted();
    const { policy } = this.#capabilities;
    this.#remembered = new NativeSet();
    this.#policy = policy && policy.asks.length > 0 ? new PolicyView(policy) : null;
  }
}

function attempt(action: () => void, failed: (error: Error) => void): void {
  try {
    action();
  } catch (error) {
    failed(error as Error);
  }
}
