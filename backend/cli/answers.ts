import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { isSecret, type Prompt } from '../protocol/client/index.ts';
import { questionText } from './question-text.ts';

export interface GivenAnswer {
  readonly value: string;
  /** A person typed it after the question, so that both are on the screen already. */
  readonly typed: boolean;
}

/** Where the answers to prompts come from: `--answer` in order, then the terminal or standard input, a line each. */
export class Answers {
  readonly #given: string[];
  readonly #stdinIsFree: boolean;
  #lines: AsyncIterator<string> | undefined;

  /** @param stdinIsFree false when standard input was read as the program. */
  constructor(given: readonly string[], stdinIsFree: boolean) {
    this.#given = [...given];
    this.#stdinIsFree = stdinIsFree;
  }

  /**
   * @param signal takes the question back from the terminal
   * @returns null when there is no answer to be had: standard input has ended, or the question was taken back.
   */
  async next(prompt: Prompt, signal?: AbortSignal): Promise<GivenAnswer | null> {
    const given = this.#given.shift();
    if (given !== undefined) return { value: given, typed: false };
    if (!this.#stdinIsFree) return null;
    if (process.stdin.isTTY) return this.#ask(questionText(prompt), isSecret(prompt), signal);
    this.#lines ??= createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]();
    const line = await this.#lines.next();
    return line.done ? null : { value: line.value, typed: false };
  }

  async #ask(prompt: string, secret: boolean, signal?: AbortSignal): Promise<GivenAnswer | null> {
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    if (secret) process.stderr.write(prompt);
    const terminal = createInterface({
      input: process.stdin,
      output: secret ? silent : process.stderr,
      terminal: true,
    });
    const closed = new Promise<null>((resolve) => terminal.once('close', () => resolve(null)));
    terminal.once('SIGINT', () => process.emit('SIGINT'));
    const takeBack = () => terminal.close();
    signal?.addEventListener('abort', takeBack);
    try {
      const value = await Promise.race([terminal.question(secret ? '' : prompt), closed]);
      return value === null ? null : { value, typed: true };
    } finally {
      signal?.removeEventListener('abort', takeBack);
      terminal.close();
      if (secret) process.stderr.write('\n');
    }
  }
}
