import type { Notice, Prompt } from '../../backend/protocol/client/index.ts';
import type { Disposable } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';

/** The questions that wait for a person, oldest first. */
export class Prompts implements Disposable {
  readonly #byId = new Map<string, Prompt>();
  readonly #changed = new Emitter<void>();

  readonly #noticed = new Emitter<Notice>();

  readonly onChanged = this.#changed.event;
  /** A program tells the person something, now. */
  readonly onNoticed = this.#noticed.event;

  all(): readonly Prompt[] {
    return [...this.#byId.values()];
  }

  ofExecution(executionId: string): readonly Prompt[] {
    return this.all().filter((prompt) => prompt.executionId === executionId);
  }

  get(promptId: string): Prompt | undefined {
    return this.#byId.get(promptId);
  }

  open(prompt: Prompt): void {
    this.#byId.set(prompt.promptId, prompt);
    this.#changed.fire();
  }

  close(promptId: string): void {
    if (this.#byId.delete(promptId)) this.#changed.fire();
  }

  notice(notice: Notice): void {
    this.#noticed.fire(notice);
  }

  closeOfSession(sessionId: string): void {
    const ids = this.all().filter((prompt) => prompt.sessionId === sessionId);
    for (const { promptId } of ids) this.close(promptId);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#noticed.dispose();
    this.#byId.clear();
  }
}
