import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type * as z from 'zod';
import { isSecret, type Prompt } from '../protocol/client/index.ts';
import type { Durable, DurablePromise } from './durable.ts';
import { type DurablePromises, LONGEST_MS } from './durable-promises.ts';
import { ids } from './ids.ts';

const KIND = { 'holdfast-kind': 'prompt' };
/** Of a question: what it is known by. */
const QUESTION_CHARACTERS = 500;
/** A longer answer is asked for again by the next run. */
const MAX_ANSWER_CHARACTERS = 50_000;
/** Executions whose questions are counted. */
const MAX_COUNTED = 10_000;

type Json = z.infer<ReturnType<typeof z.json>>;

/** How a prompt ended. `abandoned`: its program waits no more. `lost`: its backend was killed. */
export type PromptFate = 'answered' | 'refused' | 'late' | 'abandoned' | 'lost';

/** What is kept of a prompt. */
interface Kept {
  /** Of this one: a promise that was there already has another. */
  readonly record: string;
  readonly promptId: string;
  readonly sessionId: string;
  readonly executionId: string | null;
  readonly capability: string;
  readonly question: string;
  readonly location: Prompt['location'];
  /** SHA-256 of all that is asked, where an answer holds for another run. */
  readonly digest: string | null;
}

interface End {
  readonly fate: PromptFate;
  readonly answer?: Json;
}

/** A prompt that is kept, or that cannot be. */
export interface PromptRecord {
  /** What was answered to it when an earlier run of its execution asked the same. */
  readonly answer?: Json;
  /** Settles when it has ended on disk, or cannot be kept: the first end wins. Never rejects. */
  end(fate: PromptFate, answer?: Json): Promise<{ readonly first: true } | { readonly first: false; answer?: Json }>;
}

/** Every question of a program as a durable promise. An answer is kept only where an execution that runs again would ask for it once more. */
export class PromptRecords {
  readonly #promises: DurablePromises;
  readonly #counts = new Map<string, number>();
  /** Of this backend and open: not lost when the promises are opened anew. */
  readonly #live = new Set<string>();
  /** By execution: those that a killed backend left open. */
  readonly #left = new Map<string, Kept[]>();

  constructor(promises: DurablePromises) {
    this.#promises = promises;
    promises.prepare((durable) => this.#loseOpen(durable));
  }

  /**
   * Settles when it is on disk, or cannot be. Never rejects.
   * @param repeatable its execution may run again: an answer that was given to the same question before holds
   */
  async open(prompt: Prompt, repeatable: boolean): Promise<PromptRecord> {
    const kept = toKeep(prompt, repeatable && mayRepeat(prompt));
    this.#live.add(kept.record);
    for (;;) {
      const id = this.#nextId(prompt);
      const promise = await this.#promises.write((durable) =>
        durable.create(id, { timeoutMs: LONGEST_MS, data: kept, tags: KIND }),
      );
      if (!promise || (promise.data as Kept).record === kept.record) return this.#recordOf(id, kept);
      const answer = answerOf(promise, kept);
      if (answer === undefined) continue;
      this.#live.delete(kept.record);
      return { answer, end: async () => ({ first: false, answer }) };
    }
  }

  /** Its questions are counted from the first one again. */
  runsAgain(executionId: string): void {
    this.#counts.delete(ids.execution(executionId));
  }

  /** @returns the questions of an execution that were open when an earlier backend was killed, in words. */
  leftOf(executionId: string): string[] {
    return (this.#left.get(executionId) ?? []).map(({ question, location }) => {
      const [line = ''] = question.trim().split('\n');
      return location ? `“${line}” (${path.basename(location.file)}:${location.line})` : `“${line}”`;
    });
  }

  #recordOf(id: string, { digest, record }: Kept): PromptRecord {
    return {
      end: async (fate, answer) => {
        const end: End = digest !== null && isShort(answer) ? { fate, answer } : { fate };
        const how = fate === 'answered' ? 'resolve' : 'cancel';
        // It was asked while promises could not be kept, or were kept elsewhere.
        const settled = await this.#promises.write((durable) => durable.settle(id, how, end), ['not_found']);
        this.#live.delete(record);
        if (settled?.first ?? true) return { first: true };
        const before = (settled?.promise.value as End | undefined)?.answer;
        return before === undefined ? { first: false } : { first: false, answer: before };
      },
    };
  }

  #nextId({ executionId, sessionId }: Prompt): string {
    const root = executionId === null ? ids.session(sessionId) : ids.execution(executionId);
    const n = this.#counts.get(root) ?? 0;
    // The one that asked last is the last to be forgotten; what asks beyond that finds its numbers taken, and goes on behind them.
    this.#counts.delete(root);
    this.#counts.set(root, n + 1);
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= MAX_COUNTED) break;
      this.#counts.delete(oldest);
    }
    return executionId === null ? ids.sessionPrompt(sessionId, n) : ids.prompt(executionId, n);
  }

  /** Nobody waits for an answer any more. */
  async #loseOpen(durable: Durable): Promise<void> {
    const open: DurablePromise[] = [];
    for await (const promise of durable.search({ state: 'pending', tags: KIND })) {
      if (!this.#live.has((promise.data as Kept).record)) open.push(promise);
    }
    const end: End = { fate: 'lost' };
    await Promise.all(open.map(({ id }) => durable.settle(id, 'cancel', end)));
    for (const { data } of open) {
      const kept = data as Kept;
      if (kept.executionId === null) continue;
      this.#left.set(kept.executionId, [...(this.#left.get(kept.executionId) ?? []), kept]);
    }
  }
}

function toKeep(prompt: Prompt, repeatable: boolean): Kept {
  const { promptId, sessionId, executionId, capability, location, form } = prompt;
  return {
    record: randomUUID(),
    promptId,
    sessionId,
    executionId,
    capability,
    question: prompt.prompt.slice(0, QUESTION_CHARACTERS),
    location,
    digest: repeatable
      ? createHash('sha256')
          .update(JSON.stringify([capability, prompt.prompt, form]))
          .digest('base64url')
      : null,
  };
}

/** Secrets are never kept, and what is allowed once is allowed once. */
function mayRepeat(prompt: Prompt): boolean {
  return !isSecret(prompt) && prompt.form.kind !== 'permission';
}

function isShort(answer: Json | undefined): answer is Json {
  return answer !== undefined && JSON.stringify(answer).length <= MAX_ANSWER_CHARACTERS;
}

function answerOf({ data, value }: DurablePromise, { digest }: Kept): Json | undefined {
  if (digest === null || (data as Kept).digest !== digest) return undefined;
  return (value as End | undefined)?.answer;
}
