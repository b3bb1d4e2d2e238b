import { randomUUID } from 'node:crypto';
import {
  AnswerPrompt,
  AttachSession,
  CancelExecution,
  CreateSession,
  Execute,
  KillSession,
  ListNamespace,
  ListSessions,
  type Outcome,
  type SessionEvent,
} from '../../backend/protocol/client/index.ts';
import type { Security } from '../../backend/protocol/security.ts';
import type { Dialect } from '../../backend/protocol/values.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { languageById } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';

interface Running {
  bytes: number;
  /** What it has printed on standard output so far, while somebody waits for a word in it. */
  text: string;
  waiting: { readonly word: string; readonly resolve: () => void } | undefined;
  /** Id of what it asked: it may have before somebody waits for it. */
  asked: string | null;
  prompted: ((promptId: string | null) => void) | undefined;
  readonly end: (outcome: Outcome) => void;
}

export interface Ended {
  readonly outcome: Outcome;
  /** Bytes of output. */
  readonly bytes: number;
}

/** A client's view of a session that keeps nothing of what has ended, so that it measures the same after 10,000 cells. */
export class BenchSession {
  readonly id: string;
  readonly #client: BackendClient;
  readonly #language: LanguageId;
  readonly #running = new Map<string, Running>();

  private constructor(client: BackendClient, id: string, language: LanguageId) {
    this.#client = client;
    this.id = id;
    this.#language = language;
  }

  /** @param interpreter path of the program; null to search as for a person who has chosen none. */
  static async open(
    client: BackendClient,
    language: LanguageId,
    interpreter: string | null = null,
    security?: Security,
    group?: string,
  ): Promise<BenchSession> {
    const { session } = await client.request(CreateSession, {
      language,
      name: null,
      reuse: false,
      ephemeral: false,
      interpreter,
      cwd: null,
      env: null,
      envFile: null,
      ...(security ? { security } : {}),
      ...(group === undefined ? {} : { group }),
    });
    const opened = new BenchSession(client, session.sessionId, language);
    client.onEvent((event, payload) => {
      if (event.event === 'session_event' && event.sessionId === opened.id) opened.#receive(event.body, payload);
    });
    await client.request(AttachSession, { sessionId: opened.id, cursor: 0, delivery: 'lossless' });
    return opened;
  }

  /** From the next event on. A window is a `lossy` reader, the command line a `lossless` one. */
  async setDelivery(delivery: 'lossless' | 'lossy'): Promise<void> {
    const cursor = Number.MAX_SAFE_INTEGER;
    await this.#client.request(AttachSession, { sessionId: this.id, cursor, delivery });
  }

  async run(code: string): Promise<Ended> {
    return (await this.start(code)).ended;
  }

  /** @throws when the cell does not succeed: what was measured then is not what was meant. */
  async succeed(code: string): Promise<number> {
    const { outcome, bytes } = await this.run(code);
    if (outcome.status !== 'succeeded') throw new Error(`The cell ended as ${JSON.stringify(outcome)}: ${code}`);
    return bytes;
  }

  /** The value of a cell that is a text, without its quotes. @throws when the cell does not succeed */
  async value(code: string): Promise<string> {
    const { outcome } = await this.run(code);
    if (outcome.status !== 'succeeded') throw new Error(`The cell ended as ${JSON.stringify(outcome)}: ${code}`);
    return (outcome.text ?? '').replace(/^'|'$/g, '');
  }

  async start(code: string, dialect?: Dialect): Promise<{ executionId: string; ended: Promise<Ended> }> {
    const executionId = randomUUID();
    const ended = new Promise<Ended>((resolve) => {
      const running: Running = {
        bytes: 0,
        text: '',
        waiting: undefined,
        asked: null,
        prompted: undefined,
        end: (outcome) => resolve({ outcome, bytes: running.bytes }),
      };
      this.#running.set(executionId, running);
    });
    const [first] = languageById(this.#language).dialects;
    if (!first) throw new Error(`${this.#language} has no dialect.`);
    await this.#client.request(
      Execute,
      {
        sessionId: this.id,
        executionId,
        dialect: dialect ?? first,
        source: { name: '<bench>', path: null, line: 1, column: 0 },
        batch: null,
      },
      { payload: Buffer.from(code) },
    );
    return { executionId, ended };
  }

  /** Settles when the execution has printed a word. To be asked for right after its start. */
  printed(executionId: string, word: string): Promise<void> {
    return new Promise((resolve) => {
      const running = this.#running.get(executionId);
      if (!running || running.text.includes(word)) resolve();
      else running.waiting = { word, resolve };
    });
  }

  /** Settles when the execution has asked something, with the prompt's id, or has ended. To be asked for right after its start. */
  prompted(executionId: string): Promise<string | null> {
    return new Promise((resolve) => {
      const running = this.#running.get(executionId);
      if (!running || running.asked) resolve(running?.asked ?? null);
      else running.prompted = resolve;
    });
  }

  async answer(promptId: string, value: string): Promise<void> {
    await this.#client.request(AnswerPrompt, { promptId, value });
  }

  async cancel(executionId: string): Promise<void> {
    await this.#client.request(CancelExecution, { sessionId: this.id, executionId });
  }

  async variables(): Promise<number> {
    const { variables } = await this.#client.request(ListNamespace, { sessionId: this.id, start: 0, count: 1000 });
    return variables.length;
  }

  /** Process of the worker. */
  async pid(): Promise<number> {
    const { sessions } = await this.#client.request(ListSessions, {});
    const pid = sessions.find(({ sessionId }) => sessionId === this.id)?.pid;
    if (!pid) throw new Error('The session has no worker.');
    return pid;
  }

  async kill(): Promise<void> {
    await this.#client.request(KillSession, { sessionId: this.id });
  }

  #receive(event: SessionEvent, payload: Uint8Array): void {
    if (event.kind === 'prompt_opened') {
      const asking = this.#running.get(event.prompt.executionId ?? '');
      if (asking) asking.asked = event.prompt.promptId;
      asking?.prompted?.(event.prompt.promptId);
      return;
    }
    if (event.kind !== 'output' && event.kind !== 'finished') return;
    const running = this.#running.get(event.executionId ?? '');
    if (!running) return;
    if (event.kind === 'output') this.#output(running, payload);
    else {
      this.#running.delete(event.executionId);
      running.waiting?.resolve();
      running.prompted?.(null);
      running.end(event.outcome);
    }
  }

  #output(running: Running, payload: Uint8Array): void {
    // The beginning is kept, for a word that comes before somebody waits for it.
    if (running.bytes < 1000 || running.waiting) running.text += Buffer.from(payload).toString('latin1');
    running.bytes += payload.length;
    if (!running.waiting || !running.text.includes(running.waiting.word)) return;
    running.waiting.resolve();
    running.waiting = undefined;
    running.text = '';
  }
}
