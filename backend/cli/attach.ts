import path from 'node:path';
import {
  AnswerPrompt,
  AttachSession,
  ListSessions,
  type Prompt,
  type SessionEvent,
  type SessionInfo,
} from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { BackendClient } from '../rpc/client.ts';
import type { Answers } from './answers.ts';
import { findSession, sleeps } from './connect.ts';
import { EXIT } from './failure.ts';
import { questionText } from './question-text.ts';
import type { Reporter } from './reporter.ts';
import { describeRecovery, exitCodeOf, firstText, worse } from './run.ts';
import { StreamDecoders } from './stream-decoders.ts';

export interface AttachOptions {
  /** Number of the event behind which it begins; 0: with the oldest that is kept. */
  readonly after: number;
  /** Whether to stay when nothing runs and nothing waits any more. */
  readonly follow: boolean;
  readonly answers: Answers;
  readonly reporter: Reporter;
  /** Called with the number of an event and its time (Unix milliseconds) before the reporter is told of it. */
  readonly at: (sequence: number, at: number) => void;
}

/**
 * Shows what a session's log still has, and what happens from then on, until nothing runs in it any more. Ctrl+C only ends that: the
 * code goes on. Its questions are asked here, too; the first answer counts, wherever it is given.
 * @param nameOrId the session's
 * @returns the exit code, that of what has ended meanwhile
 * @throws HoldfastError `not_found`, and `closed` when the backend goes away
 */
export async function attach(client: BackendClient, nameOrId: string, options: AttachOptions): Promise<number> {
  const onlooker = new Onlooker(client, await findSession(client, nameOrId), options);
  const onInterrupt = () => onlooker.leave();
  process.on('SIGINT', onInterrupt);
  try {
    return await onlooker.look();
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** An execution that has not ended; it has no heading when its beginning is not shown. */
interface Running {
  readonly heading: { readonly name: string; readonly line: number } | null;
  started: boolean;
}

class Onlooker {
  readonly #client: BackendClient;
  readonly #sessionId: string;
  readonly #name: string;
  readonly #options: AttachOptions;
  readonly #decoders = new StreamDecoders();
  readonly #running = new Map<string, Running>();
  readonly #ended = new Set<string>();
  /** Questions that are open, with what takes them back from the terminal. */
  readonly #prompts = new Map<string, { readonly prompt: Prompt; readonly closed: AbortController }>();
  #settle!: (code: number) => void;
  #fail!: (error: unknown) => void;
  readonly #over = new Promise<number>((resolve, reject) => {
    this.#settle = resolve;
    this.#fail = reject;
  });
  /** One question at a time has the terminal. */
  #asking: Promise<void> = Promise.resolve();
  /** The session as it was attached to, while older events are still to come. */
  #attached: { readonly session: SessionInfo; readonly cursor: number } | undefined;
  #live = false;
  #sequence: number;
  readonly #numbers = new Map<string, number>();
  #code: number = EXIT.succeeded;

  constructor(client: BackendClient, { sessionId, name }: SessionInfo, options: AttachOptions) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.#name = name;
    this.#options = options;
    this.#sequence = options.after;
  }

  async look(): Promise<number> {
    this.#client.onClose(() => this.#fail(new HoldfastError('closed', 'The backend went away.')));
    this.#client.onEvent((event, payload) => {
      if (event.event === 'session_removed' && event.sessionId === this.#sessionId) this.#removed();
      if (event.event === 'session_changed' && event.session.sessionId === this.#sessionId && this.#live)
        this.#endWhenIdle();
      if (event.event !== 'session_event' || event.sessionId !== this.#sessionId) return;
      this.#sequence = event.sequence;
      this.#options.at(event.sequence, event.at);
      this.#receive(event.body, payload);
      this.#catchUp();
    });
    this.#attached = await this.#client.request(AttachSession, {
      sessionId: this.#sessionId,
      cursor: this.#options.after,
      delivery: 'lossless',
    });
    this.#catchUp();
    const code = await this.#over;
    for (const { closed } of this.#prompts.values()) closed.abort();
    await this.#asking;
    return code;
  }

  leave(): void {
    this.#options.reporter.note(`What runs in ${this.#name} goes on.`);
    this.#settle(EXIT.cancelled);
  }

  #removed(): void {
    this.#options.reporter.note(`${this.#name} was ended.`);
    this.#settle(this.#code);
  }

  /** From the event on that was the newest when this attached, what is told happens now. */
  #catchUp(): void {
    if (this.#live || !this.#attached || this.#sequence < this.#attached.cursor) return;
    this.#live = true;
    const { reporter, follow } = this.#options;
    const { session } = this.#attached;
    if (session.state === 'asleep') {
      reporter.note(`${sleeps(this.#name)} \`holdfast history\` lists what ran in it.`);
    } else if (session.running === null && session.queued === 0) {
      reporter.note(`Nothing runs in ${this.#name}.${follow ? '' : ' --follow waits for what comes.'}`);
    }
    for (const { prompt } of this.#prompts.values()) this.#ask(prompt);
    this.#learn(session);
    this.#endWhenIdle();
  }

  #learn({ running, waiting }: SessionInfo): void {
    for (const id of running === null ? waiting : [running, ...waiting])
      if (!this.#ended.has(id) && !this.#running.has(id)) this.#running.set(id, { heading: null, started: true });
  }

  #endWhenIdle(): void {
    if (this.#running.size > 0 || this.#options.follow) return;
    this.#client.request(ListSessions, {}).then(
      ({ sessions }) => {
        const session = sessions.find(({ sessionId }) => sessionId === this.#sessionId);
        // More may wait than is listed.
        if (session) this.#learn(session);
        // A worker that starts is told of once it has what the one before it had.
        if (this.#running.size === 0 && session?.state !== 'starting') this.#settle(this.#code);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #receive(event: SessionEvent, payload: Uint8Array): void {
    const { reporter } = this.#options;
    switch (event.kind) {
      case 'queued':
        this.#running.set(event.executionId, {
          heading: {
            name: event.source.path ? path.basename(event.source.path) : event.source.name,
            line: event.source.line,
          },
          started: false,
        });
        return;
      case 'started':
        this.#begin(event.executionId);
        reporter.started(this.#numberOf(event.executionId), event.executionId, event.mode);
        return;
      case 'output':
        this.#write(event.executionId, event.stream, this.#decoders.decode(event.stream, payload));
        return;
      case 'display':
        reporter.display(event.executionId, event.parts, firstText(event.parts, payload));
        return;
      case 'progress': {
        const { kind: _, executionId, ...progress } = event;
        reporter.progress(executionId, progress);
        return;
      }
      case 'prompt_opened':
        this.#prompts.set(event.prompt.promptId, { prompt: event.prompt, closed: new AbortController() });
        reporter.prompt(event.prompt);
        if (this.#live) this.#ask(event.prompt);
        return;
      case 'prompt_closed':
        this.#prompts.get(event.promptId)?.closed.abort();
        this.#prompts.delete(event.promptId);
        return;
      case 'noticed':
        reporter.notice(event);
        return;
      case 'finished':
        if (this.#running.get(event.executionId)?.started === false) this.#begin(event.executionId);
        for (const stream of ['stdout', 'stderr'] as const)
          this.#write(event.executionId, stream, this.#decoders.flush(stream));
        this.#running.delete(event.executionId);
        this.#ended.add(event.executionId);
        reporter.finished(this.#numberOf(event.executionId), event.executionId, event.outcome);
        if (!this.#live) return;
        this.#code = worse(this.#code, exitCodeOf(event.outcome));
        this.#endWhenIdle();
        return;
      case 'runs_again':
        reporter.note(`${event.reason} The cell is idempotent and runs again (run ${event.runs + 1}).`);
        return;
      case 'recovered':
        reporter.note(describeRecovery(event.recovery));
        return;
      case 'restarted':
        reporter.note(`${this.#name} was restarted: it began with nothing.`);
        return;
      case 'dropped':
        reporter.note(`${event.bytes ?? 'Some'} bytes of what happened are not kept any more.`);
        return;
      case 'output_cut':
      case 'namespace_changed':
        return;
    }
  }

  /** Names the code whose output follows. */
  #begin(executionId: string): void {
    const running = this.#running.get(executionId);
    if (running) running.started = true;
    const number = this.#numberOf(executionId);
    if (running?.heading) this.#options.reporter.cell(number, running.heading.line, running.heading.name);
  }

  /** Counts what is shown from 0 on. */
  #numberOf(executionId: string): number {
    const number = this.#numbers.get(executionId) ?? this.#numbers.size;
    this.#numbers.set(executionId, number);
    return number;
  }

  #write(executionId: string | null, stream: 'stdout' | 'stderr', text: string): void {
    if (text !== '') this.#options.reporter.output(executionId, stream, text);
  }

  #ask(prompt: Prompt): void {
    this.#asking = this.#asking.then(() => this.#answer(prompt));
  }

  async #answer(prompt: Prompt): Promise<void> {
    const { promptId } = prompt;
    const { reporter, answers } = this.#options;
    for (;;) {
      const asked = this.#prompts.get(promptId);
      if (!asked || asked.closed.signal.aborted) return;
      const answer = await answers.next(prompt, asked.closed.signal);
      if (asked.closed.signal.aborted) return;
      if (answer === null) {
        reporter.note(`It asks: ${questionText(prompt).trimEnd()} (holdfast answer ${promptId} VALUE)`);
        return;
      }
      try {
        await this.#client.request(AnswerPrompt, { promptId, value: answer.value });
        reporter.answered(prompt, answer.value, answer.typed);
        return;
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        // Answered elsewhere, or its program waits no more.
        if (['conflict', 'closed'].includes(error.code)) return;
        reporter.note(error.message);
        if (error.code !== 'invalid') return;
      }
    }
  }
}
