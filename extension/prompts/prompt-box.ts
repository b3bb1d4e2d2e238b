import * as vscode from 'vscode';
import type { Prompt } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Prompts } from '../client/prompts.ts';
import type { Sessions } from '../client/sessions.ts';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import { isDecidable } from './decision.ts';
import type { AnswerValue, ShownForm } from './forms/form.ts';
import { showForm } from './forms/index.ts';
import { PromptDocuments } from './prompt-documents.ts';

/** A replay opens and closes old questions in one go: only what is open after it is shown. */
const SETTLE_MS = 30;

interface Shown {
  readonly prompt: Prompt;
  readonly form: ShownForm;
}

/** Asks the person what programs ask, one question at a time. Escape leaves a question pending. */
export class PromptBox implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #prompts: Prompts;
  readonly #sessions: Sessions;
  /** Questions the person has put off: they are shown again only by command. */
  readonly #postponed = new Set<string>();
  readonly #next = this.#store.add(new Throttle(SETTLE_MS, () => this.#update()));
  readonly #documents = this.#store.add(new PromptDocuments());
  #shown: Shown | undefined;

  constructor(prompts: Prompts, sessions: Sessions) {
    this.#prompts = prompts;
    this.#sessions = sessions;
    this.#store.add(prompts.onChanged(() => this.#next.request()));
  }

  /** The question on the screen. */
  get shown(): Prompt | undefined {
    return this.#shown?.prompt;
  }

  show(prompt: Prompt): void {
    if (this.#shown?.prompt.promptId === prompt.promptId) return;
    this.#postponed.delete(prompt.promptId);
    const before = this.#shown;
    this.#shown = undefined;
    before?.form.dispose();
    const form = showForm(
      prompt,
      {
        answer: (value) => void this.answer(prompt.promptId, value),
        hidden: () => this.#hidden(prompt.promptId),
        reveal: () => void vscode.commands.executeCommand('holdfast.goToPrompt', { promptId: prompt.promptId }),
      },
      this.#documents,
    );
    this.#shown = { prompt, form };
  }

  /** Sends the answer. That somebody else was first is not an error. */
  async answer(promptId: string, value: AnswerValue): Promise<void> {
    const shown = this.#shown?.prompt.promptId === promptId ? this.#shown : undefined;
    shown?.form.busy();
    try {
      await (await this.#sessions.client()).call('AnswerPrompt', { promptId, value });
      this.#putAway(promptId);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (error.code === 'conflict') this.#putAway(promptId);
      else if (shown) shown.form.refused(error.message);
      else throw error;
    }
  }

  dispose(): void {
    this.#shown?.form.dispose();
    this.#store.dispose();
  }

  /** The event that closes the question is on its way; hiding now keeps Enter from answering twice. */
  #putAway(promptId: string): void {
    this.#postponed.add(promptId);
    this.#hidden(promptId);
  }

  #hidden(promptId: string): void {
    const shown = this.#shown;
    if (shown?.prompt.promptId !== promptId) return;
    this.#shown = undefined;
    shown.form.dispose();
    // It was the person who hid it when the question is still open.
    if (this.#prompts.get(promptId)) this.#postponed.add(promptId);
    this.#next.request();
  }

  #update(): void {
    const open = this.#prompts.all();
    setContextKey('holdfast.hasPrompts', open.length > 0);
    setContextKey('holdfast.hasDecisions', open.some(isDecidable));
    for (const id of this.#postponed) if (!this.#prompts.get(id)) this.#postponed.delete(id);
    void this.#documents.retain(new Set(open.map(({ promptId }) => promptId)));
    if (this.#shown && !this.#prompts.get(this.#shown.prompt.promptId)) this.#hidden(this.#shown.prompt.promptId);
    if (!this.#shown) {
      const next = open.find(({ promptId }) => !this.#postponed.has(promptId));
      if (next) this.show(next);
    }
  }
}
