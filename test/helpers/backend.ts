import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  AnswerPrompt,
  AttachSession,
  type BackendEvent,
  CancelExecution,
  CreateSession,
  Execute,
  InterruptSession,
  ListNamespace,
  ListSessions,
  type Outcome,
  type Prompt,
  type SessionEvent,
  type SessionInfo,
  StopMethod,
} from '../../backend/protocol/client/index.ts';
import type { Origin, Security } from '../../backend/protocol/security.ts';
import type { Dialect, Variable } from '../../backend/protocol/values.ts';
import { type BackendClient, type ConnectOptions, connectBackend } from '../../backend/rpc/client.ts';
import { VERSION } from '../../backend/version.ts';
import { languageById } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';

export const dist = path.resolve(import.meta.dirname, '../../dist');

/** A workspace and a state folder of its own in the temporary folder. */
export class TestWorkspace {
  readonly path: string;
  readonly state: string;

  private constructor(folder: string) {
    this.path = path.join(folder, 'w');
    this.state = path.join(folder, 's');
  }

  static async make(): Promise<TestWorkspace> {
    // Short, and real: the socket lies below it.
    const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'hf-')));
    const made = new TestWorkspace(folder);
    await mkdir(made.path);
    return made;
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, HOLDFAST_STATE_DIR: this.state };
  }

  /** Connects as a client would, starting a backend when there is none. */
  async connect(options: Partial<ConnectOptions> = {}): Promise<BackendClient> {
    const before = process.env['HOLDFAST_STATE_DIR'];
    process.env['HOLDFAST_STATE_DIR'] = this.state;
    try {
      return await connectBackend({
        workspace: this.path,
        client: 'test',
        version: VERSION,
        backend: { executable: process.execPath, entry: path.join(dist, 'backend.js'), env: this.env },
        idleTimeoutSeconds: 60,
        ...options,
      });
    } finally {
      if (before === undefined) delete process.env['HOLDFAST_STATE_DIR'];
      else process.env['HOLDFAST_STATE_DIR'] = before;
    }
  }

  /** Ends the backend, if one runs, and removes everything. */
  async remove(): Promise<void> {
    const client = await this.connect({ backend: null }).catch(() => undefined);
    if (client) await stop(client);
    await rm(path.dirname(this.path), { recursive: true, force: true });
  }
}

/** Asks a backend to end; settles when it has. */
export async function stop(client: BackendClient): Promise<void> {
  const gone = new Promise<void>((resolve) => client.onClose(() => resolve()));
  await client.request(StopMethod, { whenIdle: false });
  await gone;
}

export interface RunOptions {
  readonly dialect?: Dialect;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly batch?: string;
  readonly origin?: Origin;
  readonly security?: Security;
  /** One of its own when it is not said. */
  readonly executionId?: string;
  /** Answers to prompts, in order. */
  readonly answers?: readonly string[];
  /** Called once the program has printed this on standard output. */
  readonly when?: readonly [printed: string, action: (session: TestSession, executionId: string) => void];
}

/** What one execution did, complete and in order. */
export interface Transcript {
  readonly executionId: string;
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly SessionEvent[];
  /** `out …`, `err …`, `=> value`, `error Name: message`, `cancelled`, `lost`: for golden comparisons. */
  readonly lines: readonly string[];
}

/** A session that remembers everything it was told. */
export class TestSession {
  readonly id: string;
  readonly events: { event: SessionEvent; payload: Uint8Array }[] = [];
  readonly client: BackendClient;
  readonly #language: LanguageId;
  readonly #listeners = new Set<() => void>();
  readonly #outcomes = new Map<string, Outcome>();

  private constructor(client: BackendClient, id: string, language: LanguageId) {
    this.client = client;
    this.id = id;
    this.#language = language;
  }

  static async open(
    client: BackendClient,
    language: LanguageId,
    options: {
      name?: string;
      ephemeral?: boolean;
      env?: Record<string, string>;
      envFile?: string;
      security?: Security;
      floor?: boolean;
      group?: string;
    } = {},
  ): Promise<TestSession> {
    const { session } = await client.request(CreateSession, {
      language,
      name: options.name ?? null,
      reuse: true,
      ephemeral: options.ephemeral ?? false,
      interpreter: null,
      cwd: null,
      env: options.env ?? null,
      envFile: options.envFile ?? null,
      ...(options.security && { security: options.security }),
      floor: options.floor ?? false,
      ...(options.group !== undefined && { group: options.group }),
    });
    const made = new TestSession(client, session.sessionId, language);
    client.onEvent((event, payload) => made.#receive(event, payload));
    await client.request(AttachSession, { sessionId: made.id, cursor: 0, delivery: 'lossless' });
    return made;
  }

  /** Runs a cell to its end. */
  async run(code: string, options: RunOptions = {}): Promise<Transcript> {
    const { executionId, ended } = await this.start(code, options);
    await ended;
    return this.transcript(executionId);
  }

  /** Queues a cell. `ended` settles with its terminal event; rejects when the backend goes away. */
  async start(code: string, options: RunOptions = {}): Promise<{ executionId: string; ended: Promise<Outcome> }> {
    const { executionId = randomUUID() } = options;
    const [first] = languageById(this.#language).dialects;
    assert.ok(first);
    const ended = this.until(() => this.outcome(executionId));
    ended.catch(() => {});
    if (options.when) void this.#onOutput(executionId, options.when);
    if (options.answers) void this.#answerAll(executionId, [...options.answers]);
    await this.client.request(
      Execute,
      {
        sessionId: this.id,
        executionId,
        dialect: options.dialect ?? first,
        source: {
          name: options.file ?? '<test>',
          path: options.file ?? null,
          line: options.line ?? 1,
          column: options.column ?? 0,
        },
        batch: options.batch ?? null,
        origin: options.origin ?? 'person',
        ...(options.security && { security: options.security }),
      },
      { payload: Buffer.from(code) },
    );
    return { executionId, ended };
  }

  async cancel(executionId: string): Promise<void> {
    await this.client.request(CancelExecution, { sessionId: this.id, executionId });
  }

  /** Cancels everything in the session. */
  async interruptAll(): Promise<void> {
    await this.client.request(InterruptSession, { sessionId: this.id });
  }

  /** The next prompt that is open for an execution. */
  prompt(executionId: string, skip = 0): Promise<Prompt> {
    return this.until(() =>
      this.events
        .flatMap(({ event }) =>
          event.kind === 'prompt_opened' && event.prompt.executionId === executionId ? [event.prompt] : [],
        )
        .at(skip),
    );
  }

  /** What the backend says of it. */
  async info(): Promise<SessionInfo> {
    const { sessions } = await this.client.request(ListSessions, {});
    const found = sessions.find(({ sessionId }) => sessionId === this.id);
    assert.ok(found, 'the session is not there');
    return found;
  }

  async namespace(): Promise<Map<string, Variable>> {
    const page = await this.client.request(ListNamespace, { sessionId: this.id, start: 0, count: 1000 });
    return new Map(page.variables.map((variable) => [variable.name, variable]));
  }

  outcome(executionId: string): Outcome | undefined {
    return this.#outcomes.get(executionId);
  }

  /** Settles as soon as `find` gives something, tried after each event. Rejects when the connection closes. */
  until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const attempt = () => {
        const found = find();
        if (found === undefined) return;
        this.#listeners.delete(attempt);
        resolve(found);
      };
      this.#listeners.add(attempt);
      this.client.onClose((reason) => reject(reason ?? new Error('The backend closed the connection.')));
      attempt();
    });
  }

  /** Bytes of standard output of an execution that have come so far. */
  received(executionId: string): number {
    let bytes = 0;
    for (const { event, payload } of this.events) {
      if (event.kind === 'output' && event.executionId === executionId && event.stream === 'stdout')
        bytes += payload.length;
    }
    return bytes;
  }

  /** All that was written to a stream, by one execution or (null) between executions. */
  output(executionId: string | null, stream: 'stdout' | 'stderr'): string {
    const chunks = this.events.flatMap(({ event, payload }) =>
      event.kind === 'output' && event.executionId === executionId && event.stream === stream ? [payload] : [],
    );
    return Buffer.concat(chunks).toString('utf8');
  }

  transcript(executionId: string): Transcript {
    const own = this.events.filter(({ event }) => 'executionId' in event && event.executionId === executionId);
    const outcome = this.outcome(executionId);
    assert.ok(outcome, 'the execution has not ended');
    const stdout = this.output(executionId, 'stdout');
    const stderr = this.output(executionId, 'stderr');
    return {
      executionId,
      outcome,
      stdout,
      stderr,
      events: own.map(({ event }) => event),
      lines: [...prefixed('out', stdout), ...prefixed('err', stderr), ...describe(outcome)],
    };
  }

  #receive(event: BackendEvent, payload: Uint8Array): void {
    if (event.event !== 'session_event' || event.sessionId !== this.id) return;
    const { body } = event;
    this.events.push({ event: body, payload });
    if (body.kind === 'finished' && !this.#outcomes.has(body.executionId))
      this.#outcomes.set(body.executionId, body.outcome);
    for (const listener of [...this.#listeners]) listener();
  }

  async #onOutput(executionId: string, [printed, action]: NonNullable<RunOptions['when']>): Promise<void> {
    await this.until(() => this.output(executionId, 'stdout').includes(printed) || undefined);
    action(this, executionId);
  }

  async #answerAll(executionId: string, answers: readonly string[]): Promise<void> {
    for (const [index, value] of answers.entries()) {
      const { promptId } = await this.prompt(executionId, index);
      await this.client.request(AnswerPrompt, { promptId, value });
    }
  }
}

function prefixed(prefix: string, text: string): string[] {
  if (text === '') return [];
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${prefix} ${line}`);
}

function describe(outcome: Outcome): string[] {
  switch (outcome.status) {
    case 'succeeded':
      return outcome.text === null ? [] : [`=> ${outcome.text}`];
    case 'failed':
      return [`error ${outcome.error.name}`];
    case 'cancelled':
      return ['cancelled'];
    case 'lost':
      return ['lost'];
  }
}
