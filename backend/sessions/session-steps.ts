import { chosenOf } from '../capabilities/choose.ts';
import type { HostQuestion, PerformContext } from '../capabilities/performed.ts';
import { say, sayNotKept } from '../capabilities/step.ts';
import type { FinishedStep, FoundStep, Steps } from '../capabilities/steps.ts';
import { type CellIdentity, identityOf } from '../durable/steps/cell-identity.ts';
import type { StepRef } from '../durable/steps/step-index.ts';
import type { StepRecord } from '../durable/steps/step-record.ts';
import type { StepStore } from '../durable/steps/step-store.ts';
import type { LanguageId } from '../protocol/values.ts';
import type { ExecutionRequest } from './execution.ts';

export interface SessionStepsOptions {
  readonly language: LanguageId;
  readonly store: StepStore;
  /** What runs now, when it is that. */
  running(executionId: string): ExecutionRequest | undefined;
  /** Bytes that one value may take. */
  maxBytes(): number;
}

/** One run of a cell. */
interface Run {
  readonly executionId: string;
  readonly request: ExecutionRequest;
  readonly cell: Promise<CellIdentity>;
  /** Whether this text has finished steps from an earlier run: then there is nothing to ask. */
  readonly known: Promise<boolean>;
  /** What becomes of the steps of an earlier text, once one of them was wanted. */
  decided: Promise<void> | undefined;
  /** It has been said that not all of its steps are kept. */
  overflowed: boolean;
}

const KEEP = 0;
const NAMED = 5;
const decoder = new TextDecoder();

/** Finds out which cell a running program is, and whether what an earlier text of it has finished still counts. */
export class SessionSteps implements Steps {
  readonly #options: SessionStepsOptions;
  #run: Run | undefined;
  /** What has been said, once for a session. */
  readonly #said = new Set<string>();

  constructor(options: SessionStepsOptions) {
    this.#options = options;
  }

  async find(ref: StepRef, context: PerformContext): Promise<FoundStep> {
    const { store } = this.#options;
    const run = this.#runOf(context.executionId);
    if (!run) {
      await this.#sayOnce('A step that does not belong to the running cell is not kept.', context);
      return { state: 'off' };
    }
    const problem = await store.problem();
    if (problem !== null) {
      await this.#sayOnce(`Steps are not kept: ${problem}`, context);
      return { state: 'off' };
    }
    const found = (await this.#find(run, ref, context)) ?? undefined;
    if (!found) return { state: 'none' };
    return { state: 'kept', format: found.format, parts: found.parts, bytes: await store.valueOf(found) };
  }

  async keep(step: FinishedStep, bytes: Uint8Array, context: PerformContext): Promise<void> {
    const run = this.#runOf(context.executionId);
    if (!run) return;
    const { name, key, ...made } = step;
    const most = this.#options.maxBytes();
    try {
      if (bytes.length > most)
        throw new Error(
          `It takes ${bytes.length.toLocaleString('en')} bytes, and one may take ${most.toLocaleString('en')}.`,
        );
      // The decoder's buffer is not ours.
      const own = bytes.slice();
      const kept = { ...made, ref: { name, key }, level: context.level };
      if (!(await this.#options.store.keep(await run.cell, kept, own)) || run.overflowed) return;
      run.overflowed = true;
      await say('More has finished than is kept: the oldest steps of this cell run again next time.', context);
    } catch (error) {
      await sayNotKept(step, (error as Error).message, context);
    }
  }

  #runOf(executionId: string | null): Run | undefined {
    const request = executionId === null ? undefined : this.#options.running(executionId);
    if (!request || executionId === null) return undefined;
    if (this.#run?.executionId !== executionId) {
      const { language, store } = this.#options;
      const cell = identityOf(language, request.source, decoder.decode(request.code));
      const known = cell.then(async ({ cellId }) => (await store.problem()) === null && !(await store.isEmpty(cellId)));
      this.#run = { executionId, request, cell, known, decided: undefined, overflowed: false };
    }
    return this.#run;
  }

  async #find(run: Run, ref: StepRef, context: PerformContext): Promise<StepRecord | undefined> {
    const { store } = this.#options;
    const cell = await run.cell;
    const found = await store.find(cell.cellId, ref, context.level);
    if (found || (await run.known)) return found;
    for (;;) {
      const earlier = run.decided ? [] : await store.earlier(cell, ref, context.level);
      if (!run.decided && earlier.length === 0) return undefined;
      const decided = run.decided ?? this.#decide(run, cell, earlier, context);
      run.decided = decided;
      try {
        await decided;
        return await store.find(cell.cellId, ref, context.level);
      } catch (error) {
        // The one that asked is not waited for any more: the next one asks.
        if (run.decided === decided) run.decided = undefined;
        if (context.signal.aborted) throw error;
      }
    }
  }

  async #decide(
    { request }: Run,
    cell: CellIdentity,
    earlier: readonly StepRecord[],
    context: PerformContext,
  ): Promise<void> {
    const { store } = this.#options;
    // An agent has nobody at its side who would know.
    const answer = request.origin === 'person' ? await context.ask(question(earlier)) : null;
    if (Array.isArray(answer) && answer[0] === KEEP) {
      await store.copy(earlier, cell);
      return;
    }
    if (answer !== null) return;
    await say(`This cell was changed since its steps were kept: ${named(earlier)} run anew.`, context);
  }

  async #sayOnce(text: string, context: PerformContext): Promise<void> {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    await say(text, context);
  }
}

function question(earlier: readonly StepRecord[]): HostQuestion {
  const [first] = earlier;
  const heading = JSON.stringify(first?.step.heading ?? '');
  const options = [
    { label: 'Keep the finished steps', detail: named(earlier) },
    { label: 'Begin anew', detail: 'All steps run again.' },
  ];
  return {
    prompt: `The cell ${heading} was changed since its steps were kept. Do their values still count?`,
    form: { kind: 'choose', options, many: false },
    answer: chosenOf(options, false),
  };
}

function named(records: readonly StepRecord[]): string {
  const names = [...new Set(records.map(({ step }) => JSON.stringify(step.name)))];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return names.slice(0, NAMED).join(', ') + more;
}
