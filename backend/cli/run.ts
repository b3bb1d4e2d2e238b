import { randomUUID } from 'node:crypto';
import {
  AnswerPrompt,
  AttachSession,
  CancelExecution,
  ClosePrompt,
  CreateSession,
  type Durability,
  Execute,
  ListSessions,
  type Outcome,
  type Prompt,
  type Recovery,
  type SessionEvent,
  type SessionInfo,
  StatusMethod,
} from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Origin, Security } from '../protocol/security.ts';
import type { Source } from '../protocol/values.ts';
import type { BackendClient } from '../rpc/client.ts';
import type { Cell } from '../workers/cells.ts';
import { languageOfDialect } from '../workers/index.ts';
import type { Answers, GivenAnswer } from './answers.ts';
import { EXIT } from './failure.ts';
import type { InputFile } from './input-files.ts';
import { localTime } from './local-time.ts';
import type { Reporter } from './reporter.ts';
import { StreamDecoders } from './stream-decoders.ts';

/** What becomes of the finished steps of a cell that was edited. */
export const EDITED_STEPS = ['keep', 'anew'] as const;
export type EditedSteps = (typeof EDITED_STEPS)[number];

/** Variables that a line names. */
const MAX_NAMED = 20;

export interface RunOptions {
  readonly files: readonly InputFile[];
  /** Name of a session that is kept; null for one that ends with the run. */
  readonly session: string | null;
  /** Where the only cell came from, when that is not the beginning of a line of its file. */
  readonly source?: Source;
  /** Who asks; a person when it does not say. */
  readonly origin?: Origin;
  readonly keepGoing: boolean;
  readonly cancelAfterSeconds: number | null;
  /** Of these cells: in a session that is there already it can only be stricter than that. */
  readonly security: Security;
  readonly floor: boolean;
  /** Null: a person at the terminal is asked; without one they run anew. */
  readonly editedSteps: EditedSteps | null;
  /** Machines on one of which it runs; null: here. */
  readonly group: string | null;
  /** Absolute path. */
  readonly envFile: string | null;
  /** Interpreter by language id. */
  readonly interpreters: Readonly<Record<string, string | undefined>>;
  readonly answers: Answers;
  readonly reporter: Reporter;
}

/** Runs files cell by cell, each when the one before has ended. @returns the exit code. */
export async function run(client: BackendClient, options: RunOptions): Promise<number> {
  const notKept = ({ state, reason }: Durability) => {
    if (state === 'failed') options.reporter.note(`What runs is not kept: ${reason}`);
  };
  client.onEvent((event) => {
    if (event.event === 'durability_changed') notKept(event.durability);
  });
  notKept((await client.request(StatusMethod, {})).durability);
  const sessions = new Map<string, Runner>();
  let code: number = EXIT.succeeded;
  let index = 0;
  for (const file of options.files) {
    const { id } = languageOfDialect(file.dialect);
    const runner = sessions.get(id) ?? (await Runner.open(client, file, options));
    sessions.set(id, runner);
    for (const cell of file.cells) {
      const outcome = await runner.run(index++, file, cell);
      code = worse(code, exitCodeOf(outcome));
      if (runner.interrupted || (code !== EXIT.succeeded && !options.keepGoing)) return code;
    }
  }
  return code;
}

export function exitCodeOf(outcome: Outcome): number {
  return EXIT[outcome.status];
}

/** What went wrong worst decides: lost, then cancelled, then failed. */
export function worse(left: number, right: number): number {
  const order: readonly number[] = [EXIT.succeeded, EXIT.failed, EXIT.cancelled, EXIT.lost];
  return order.indexOf(left) > order.indexOf(right) ? left : right;
}

/** Runs cells in one session and reports what comes of them. */
class Runner {
  interrupted = false;
  readonly #client: BackendClient;
  readonly #sessionId: string;
  readonly #options: RunOptions;
  /** That the worker is known to have. */
  #variables: number;
  readonly #decoders = new StreamDecoders();
  /** Takes an open question back from the terminal. */
  readonly #asked = new Map<string, AbortController>();
  #current:
    | { index: number; executionId: string; settle: (outcome: Outcome) => void; timer?: NodeJS.Timeout }
    | undefined;

  private constructor(client: BackendClient, { sessionId, variables }: SessionInfo, options: RunOptions) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.#variables = variables;
    this.#options = options;
  }

  static async open(client: BackendClient, file: InputFile, options: RunOptions): Promise<Runner> {
    const language = languageOfDialect(file.dialect).id;
    const env = Object.fromEntries(
      Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const group = options.group ?? (await groupOf(client, options.session));
    const { session } = await client.request(CreateSession, {
      language,
      name: options.session,
      reuse: true,
      ephemeral: options.session === null,
      interpreter: options.interpreters[language] ?? null,
      cwd: process.cwd(),
      env,
      envFile: options.envFile,
      // What is allowed and denied is of these cells, not of what others run in the session later.
      security: { level: options.security.level, allow: [], deny: [] },
      floor: options.floor,
      ...(group !== null && { group }),
    });
    const runner = new Runner(client, session, options);
    client.onEvent((event, payload) => {
      if (event.event === 'session_event' && event.sessionId === session.sessionId)
        runner.#receive(event.body, payload);
    });
    // From now on: what an older run in the same session printed is not of this one.
    await client.request(AttachSession, {
      sessionId: session.sessionId,
      cursor: Number.MAX_SAFE_INTEGER,
      delivery: 'lossless',
    });
    return runner;
  }

  async run(index: number, file: InputFile, cell: Cell): Promise<Outcome> {
    const executionId = randomUUID();
    const { reporter } = this.#options;
    reporter.cell(index, cell.line);
    const ended = new Promise<Outcome>((settle, reject) => {
      this.#current = { index, executionId, settle };
      this.#client.onClose(() =>
        reject(new HoldfastError('closed', 'The backend went away while the cell was running.')),
      );
    });
    const onInterrupt = () => this.#interrupt(executionId);
    process.on('SIGINT', onInterrupt);
    try {
      const { security, origin = 'person' } = this.#options;
      const source = this.#options.source ?? {
        name: file.path ?? '<stdin>',
        path: file.path,
        line: cell.line,
        column: 0,
      };
      const params = {
        sessionId: this.#sessionId,
        executionId,
        dialect: file.dialect,
        source,
        batch: null,
        origin,
        security,
      };
      await this.#client.request(Execute, params, { payload: Buffer.from(cell.code) });
      return await ended;
    } finally {
      process.off('SIGINT', onInterrupt);
    }
  }

  /** The first Ctrl+C cancels the cell, the second gives up waiting for it. */
  #interrupt(executionId: string): void {
    if (this.interrupted) process.exit(EXIT.cancelled);
    this.interrupted = true;
    this.#cancel(executionId);
  }

  #cancel(executionId: string): void {
    this.#client.request(CancelExecution, { sessionId: this.#sessionId, executionId }).catch((error: HoldfastError) => {
      // The cell's end can be here, and the connection closed, before the answer to the cancel.
      if (error.code !== 'closed') this.#options.reporter.note(error.message);
    });
  }

  #receive(event: SessionEvent, payload: Uint8Array): void {
    const current = this.#current;
    const { reporter, cancelAfterSeconds } = this.#options;
    if (!current) return;
    const { index, executionId } = current;
    switch (event.kind) {
      case 'started':
        if (event.executionId !== executionId) return;
        reporter.started(index, executionId, event.mode);
        clearTimeout(current.timer);
        if (cancelAfterSeconds !== null) {
          current.timer = setTimeout(() => this.#cancel(executionId), cancelAfterSeconds * 1000);
        }
        return;
      case 'output':
        // What background work writes between cells is shown with the cell that runs now.
        if (event.executionId !== null && event.executionId !== executionId) return;
        this.#write(event.stream, executionId, this.#decoders.decode(event.stream, payload));
        return;
      case 'display':
        reporter.display(executionId, event.parts, firstText(event.parts, payload));
        return;
      case 'progress': {
        const { kind: _, executionId: owner, ...progress } = event;
        if (owner === null || owner === executionId) reporter.progress(executionId, progress);
        return;
      }
      case 'prompt_opened':
        void this.#answer(event.prompt);
        return;
      case 'noticed':
        reporter.notice(event);
        return;
      case 'finished':
        if (event.executionId !== executionId) return;
        clearTimeout(current.timer);
        for (const stream of ['stdout', 'stderr'] as const)
          this.#write(stream, executionId, this.#decoders.flush(stream));
        this.#current = undefined;
        reporter.finished(index, executionId, event.outcome);
        if (event.outcome.status === 'lost' && this.#options.session !== null && this.#variables > 0)
          reporter.note(`What became of its variables: holdfast attach ${JSON.stringify(this.#options.session)}`);
        current.settle(event.outcome);
        return;
      case 'runs_again':
        if (event.executionId !== executionId) return;
        reporter.note(`${event.reason} The cell is idempotent and runs again (run ${event.runs + 1}).`);
        return;
      case 'recovered':
        reporter.note(describeRecovery(event.recovery));
        return;
      case 'dropped':
        reporter.note(`${event.bytes ?? 'Some'} bytes of output are not kept any more.`);
        return;
      case 'prompt_closed':
        this.#asked.get(event.promptId)?.abort();
        return;
      case 'namespace_changed':
        // That of the next worker is another one.
        if (!event.reset) this.#variables = event.total;
        return;
      // All of it comes here, whatever is kept.
      case 'output_cut':
      case 'queued':
      case 'restarted':
        return;
    }
  }

  #write(stream: 'stdout' | 'stderr', executionId: string, text: string): void {
    if (text !== '') this.#options.reporter.output(executionId, stream, text);
  }

  /** What is for the program, in `--answer` or standard input, is not for this question. */
  async #stepAnswer({ capability }: Prompt, ask: () => Promise<GivenAnswer | null>): Promise<GivenAnswer | null> {
    const { editedSteps } = this.#options;
    if (capability !== 'step') return ask();
    if (editedSteps !== null) return { value: String(EDITED_STEPS.indexOf(editedSteps) + 1), typed: false };
    return process.stdin.isTTY ? ask() : null;
  }

  async #answer(prompt: Prompt): Promise<void> {
    const { reporter, answers } = this.#options;
    reporter.prompt(prompt);
    const { promptId } = prompt;
    const closed = new AbortController();
    this.#asked.set(promptId, closed);
    try {
      const answer = await this.#stepAnswer(prompt, () => answers.next(prompt, closed.signal));
      if (closed.signal.aborted) return;
      if (answer === null) {
        await this.#client.request(ClosePrompt, { promptId });
        return;
      }
      reporter.answered(prompt, answer.value, answer.typed);
      await this.#client.request(AnswerPrompt, { promptId, value: answer.value });
    } catch (error) {
      // Answered elsewhere, or its cell has ended meanwhile.
      if (error instanceof HoldfastError && ['conflict', 'closed'].includes(error.code)) return;
      reporter.note((error as Error).message);
      // The question is still open.
      if (error instanceof HoldfastError && error.code === 'invalid') await this.#answer(prompt);
    } finally {
      if (this.#asked.get(promptId) === closed) this.#asked.delete(promptId);
    }
  }
}

/** Where the worker of that session is, when it is there already: it stays there. */
async function groupOf(client: BackendClient, name: string | null): Promise<string | null> {
  if (name === null) return null;
  const { sessions } = await client.request(ListSessions, {});
  return sessions.find((session) => session.name === name)?.machine?.group ?? null;
}

export function describeRecovery({ checkpoint, known, restored, older, lost }: Recovery): string {
  if (!known && !checkpoint)
    return 'The backend went away, and there is no checkpoint of this session: what variables it had are lost.';
  const from = checkpoint ? `from the checkpoint of ${localTime(checkpoint.createdAt)}` : 'no checkpoint';
  const counts = [`${restored.length} as they were`, `${older.length} older`, `${lost.length} lost`];
  const lines = known
    ? [`The worker went away; variables: ${counts.join(', ')} (${from}).`]
    : [`The backend went away; variables back ${from}: ${restored.length}. What came after it is lost.`];
  if (older.length > 0) lines.push(`Older: ${named(older)}.`);
  if (lost.length > 0) lines.push(`Lost: ${named(lost.map(({ name }) => name))}.`);
  return lines.join(' ');
}

function named(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The plain text among the parts of a display. */
export function firstText(parts: readonly { mime: string; bytes: number }[], payload: Uint8Array): string {
  let offset = 0;
  for (const { mime, bytes } of parts) {
    if (mime === 'text/plain') return Buffer.from(payload.subarray(offset, offset + bytes)).toString('utf8');
    offset += bytes;
  }
  return '';
}
