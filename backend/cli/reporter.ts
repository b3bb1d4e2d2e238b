import type { Notice, Outcome, Prompt } from '../protocol/client/index.ts';
import type { Progress } from '../protocol/progress.ts';
import type { MimeParts, Mode, Stream } from '../protocol/values.ts';

/** Shows what a run does: as lines of JSON or as a transcript for a person. */
export interface Reporter {
  /** @param file the name of it, where the cells are not all of one. */
  cell(index: number, line: number, file?: string): void;
  started(index: number, executionId: string, mode: Mode): void;
  /** @param executionId null: between executions */
  output(executionId: string | null, stream: Stream, text: string): void;
  display(executionId: string | null, parts: MimeParts, text: string): void;
  /** A bar has moved. */
  progress(executionId: string | null, progress: Progress): void;
  prompt(prompt: Prompt): void;
  /** A message of the program to the person. */
  notice(notice: Notice): void;
  /** @param typed the question and the answer are on the screen already. */
  answered(prompt: Prompt, value: string, typed: boolean): void;
  finished(index: number, executionId: string, outcome: Outcome): void;
  /** Something that is not of the program, such as output that was dropped. */
  note(text: string): void;
}
