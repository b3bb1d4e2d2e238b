import type { Prompt } from '../../../backend/protocol/client/index.ts';
import type { PromptForm } from '../../../backend/protocol/prompt-form.ts';
import type { Disposable } from '../../platform/disposables.ts';
import type { PromptDocuments } from '../prompt-documents.ts';

export type FormOf<Kind extends PromptForm['kind']> = Extract<PromptForm, { kind: Kind }>;

/** What a form tells about the person. */
export interface FormListener {
  /** An answer, as the prompt's form describes it. */
  answer(value: AnswerValue): void;
  /** The question is not on the screen any more, and has no answer. */
  hidden(): void;
  /** Show the line that asks. The question stays. */
  reveal(): void;
}

export type AnswerValue =
  | string
  | boolean
  | number[]
  | string[]
  | { readonly approved: boolean; readonly text: string };

/** A question on the screen. Disposing takes it away. */
export interface ShownForm extends Disposable {
  /** The answer is on its way. */
  busy(): void;
  /** The answer was not taken, with the reason in words: the person may give another. */
  refused(problem: string): void;
}

/** Shows questions of one kind. */
export type ShowForm<Kind extends PromptForm['kind']> = (
  prompt: Prompt,
  form: FormOf<Kind>,
  listener: FormListener,
  documents: PromptDocuments,
) => ShownForm;
