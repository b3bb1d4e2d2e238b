import path from 'node:path';
import {
  AnswerPrompt,
  AttachSession,
  CancelExecution,
  ClosePrompt,
  CreateSession,
  Execute,
  type ParamsOf,
  type SessionInfo,
} from '../../protocol/client/index.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Dialect } from '../../protocol/values.ts';
import type { BackendClient } from '../../rpc/client.ts';
import { languageOfDialect } from '../../workers/index.ts';
import { AgentRun } from './agent-run.ts';

type Json = ParamsOf<typeof AnswerPrompt>['value'];

/** Runs that can still be asked for: the oldest that have ended are forgotten. */
const MAX_RUNS = 200;

export interface AgentSessionsOptions {
  /** Absolute path. */
  readonly workspace: string;
  /** Interpreter by language id. */
  readonly interpreters: Readonly<Record<string, string | undefined>>;
  connect(): Promise<BackendClient>;
}

/** The workspace's sessions, for an agent: the same ones that the editor uses, with the same variables. */
export class AgentSessions {
  readonly #options: AgentSessionsOptions;
  readonly #runs = new Map<string, AgentRun>();
  #opening: Promise<BackendClient> | undefined;
  /** Of this connection, by session. */
  #attached = new Map<string, Promise<unknown>>();

  constructor(options: AgentSessionsOptions) {
    this.#options = options;
  }

  /** Connects when needed, also after the backend has gone away. @throws HoldfastError */
  async client(): Promise<BackendClient> {
    this.#opening ??= this.#open();
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  run(executionId: string): AgentRun | undefined {
    return this.#runs.get(executionId);
  }

  /** The session of that name, made when there is none. @param name null for the one that the editor uses for the language */
  async session(dialect: Dialect, name: string | null): Promise<SessionInfo> {
    const { id: language } = languageOfDialect(dialect);
    const { session } = await (await this.client()).request(CreateSession, {
      language,
      name: name ?? language,
      reuse: true,
      ephemeral: false,
      interpreter: this.#options.interpreters[language] ?? null,
      cwd: null,
      env: null,
      envFile: path.join(this.#options.workspace, '.env'),
    });
    return session;
  }

  /** Queues code. @throws HoldfastError */
  async start(dialect: Dialect, code: string, name: string | null): Promise<AgentRun> {
    const session = await this.session(dialect, name);
    const client = await this.client();
    const { sessionId } = session;
    await this.#attach(client, sessionId);
    const run = new AgentRun(session);
    this.#keep(run);
    const { executionId } = run;
    const source = { name: `<agent ${executionId.slice(0, 8)}>`, path: null, line: 1, column: 0 };
    try {
      await client.request(
        Execute,
        { sessionId, executionId, dialect, source, batch: null, origin: 'agent' },
        { payload: Buffer.from(code) },
      );
    } catch (error) {
      this.#runs.delete(executionId);
      throw error;
    }
    return run;
  }

  /** Answered when it has ended. */
  async cancel({ session: { sessionId }, executionId }: AgentRun): Promise<void> {
    await (await this.client()).request(CancelExecution, { sessionId, executionId });
  }

  /** @returns why the answer was not taken, in words; the question is still open then. */
  async answer(promptId: string, value: Json): Promise<string | undefined> {
    try {
      await (await this.client()).request(AnswerPrompt, { promptId, value });
      return undefined;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      // Somebody else was first, or the program has ended: there is no question any more.
      if (error.code === 'conflict') return undefined;
      if (error.code === 'invalid') return error.message;
      throw error;
    }
  }

  /** The program is told that there is no answer. */
  async refuse(promptId: string): Promise<void> {
    try {
      await (await this.client()).request(ClosePrompt, { promptId });
    } catch (error) {
      if (!(error instanceof HoldfastError && error.code === 'conflict')) throw error;
    }
  }

  close(): void {
    // A connection that never came needs no closing.
    void this.#opening?.then((client) => client.close()).catch(() => {});
  }

  async #open(): Promise<BackendClient> {
    const client = await this.#options.connect();
    client.onEvent((event, payload) => {
      if (event.event === 'session_event') {
        for (const run of this.#runs.values())
          if (!run.hasEnded && run.session.sessionId === event.sessionId) run.receive(event.body, payload);
      }
      if (event.event === 'session_removed') {
        this.#attached.delete(event.sessionId);
        this.#lose('Its session was ended.', event.sessionId);
      }
    });
    client.onClose((reason) => {
      this.#opening = undefined;
      this.#attached = new Map();
      this.#lose(`The backend went away: ${reason?.message ?? 'it ended.'}`);
    });
    return client;
  }

  /** Once for a connection, unless that fails. Code that is asked for meanwhile waits, or nobody would hear of it. */
  async #attach(client: BackendClient, sessionId: string): Promise<void> {
    const attached = this.#attached;
    let attaching = attached.get(sessionId);
    if (!attaching) {
      const request = { sessionId, cursor: Number.MAX_SAFE_INTEGER, delivery: 'lossless' } as const;
      attaching = client.request(AttachSession, request);
      attached.set(sessionId, attaching);
    }
    try {
      await attaching;
    } catch (error) {
      attached.delete(sessionId);
      throw error;
    }
  }

  #lose(reason: string, sessionId?: string): void {
    for (const run of this.#runs.values())
      if (!run.hasEnded && (sessionId === undefined || run.session.sessionId === sessionId)) run.lose(reason);
  }

  #keep(run: AgentRun): void {
    this.#runs.set(run.executionId, run);
    if (this.#runs.size <= MAX_RUNS) return;
    const old = [...this.#runs.values()].find(({ hasEnded }) => hasEnded);
    if (old) this.#runs.delete(old.executionId);
  }
}
