import path from 'node:path';
import * as vscode from 'vscode';
import { AnswerPrompt, type Prompt } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Prompts } from '../client/prompts.ts';
import type { Sessions } from '../client/sessions.ts';
import { plainText } from '../inline/visible.ts';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';

/** A replay opens and closes old questions in one go: only what is open after it is shown. */
const SETTLE_MS = 30;

interface Shown {
  readonly prompt: Prompt;
  readonly box: vscode.InputBox;
}

/** Asks the person what programs ask, one question at a time. Escape leaves a question pending. */
export class PromptBox implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #prompts: Prompts;
  readonly #sessions: Sessions;
  /** Questions the person has put off: they are shown again only by command. */
  readonly #postponed = new Set<string>();
  readonly #next = this.#store.add(new Throttle(SETTLE_MS, () => this.#update()));
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  #shown: Shown | undefined;

  readonly onChanged = this.#changed.event;

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
    this.#shown?.box.dispose();
    const box = vscode.window.createInputBox();
    box.title = titleOf(prompt);
    box.prompt = prompt.prompt === '' ? vscode.l10n.t('The program waits for input.') : plainText(prompt.prompt);
    box.placeholder = vscode.l10n.t('Enter answers, Escape leaves the question open');
    box.password = prompt.secret;
    box.ignoreFocusOut = true;
    const shown = { prompt, box };
    this.#shown = shown;
    box.onDidAccept(() => void this.answer(prompt.promptId, box.value));
    box.onDidHide(() => this.#hidden(shown));
    box.show();
    this.#changed.fire();
  }

  /** Sends the answer. That somebody else was first is not an error. */
  async answer(promptId: string, value: string): Promise<void> {
    const shown = this.#shown?.prompt.promptId === promptId ? this.#shown : undefined;
    if (shown) {
      shown.box.busy = true;
      shown.box.validationMessage = undefined;
    }
    try {
      await (await this.#sessions.client()).request(AnswerPrompt, { promptId, value });
      this.#putAway(promptId);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (error.code === 'conflict') this.#putAway(promptId);
      else if (shown) {
        shown.box.busy = false;
        shown.box.validationMessage = plainText(error.message);
      } else throw error;
    }
  }

  dispose(): void {
    this.#shown?.box.dispose();
    this.#store.dispose();
  }

  /** The event that closes the question is on its way; hiding now keeps Enter from answering twice. */
  #putAway(promptId: string): void {
    this.#postponed.add(promptId);
    if (this.#shown?.prompt.promptId === promptId) this.#shown.box.hide();
  }

  #hidden(shown: Shown): void {
    shown.box.dispose();
    if (this.#shown !== shown) return;
    this.#shown = undefined;
    // It was the person who hid it when the question is still open.
    if (this.#prompts.get(shown.prompt.promptId)) this.#postponed.add(shown.prompt.promptId);
    this.#changed.fire();
    this.#next.request();
  }

  #update(): void {
    const open = this.#prompts.all();
    setContextKey('holdfast.hasPrompts', open.length > 0);
    for (const id of this.#postponed) if (!this.#prompts.get(id)) this.#postponed.delete(id);
    if (this.#shown && !this.#prompts.get(this.#shown.prompt.promptId)) this.#shown.box.hide();
    if (!this.#shown) {
      const next = open.find(({ promptId }) => !this.#postponed.has(promptId));
      if (next) this.show(next);
    }
    this.#changed.fire();
  }
}

/** Names the line that asks, so that one question is not taken for another. */
function titleOf({ location, secret }: Prompt): string {
  if (!location) return secret ? vscode.l10n.t('A program asks for a secret') : vscode.l10n.t('A program asks');
  const place = `${path.basename(location.file)}:${location.line}`;
  return secret ? vscode.l10n.t('{0} asks for a secret', place) : vscode.l10n.t('{0} asks', place);
}
