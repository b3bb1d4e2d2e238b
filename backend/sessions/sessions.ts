import { ExternalCapabilities } from '../capabilities/external.ts';
import { capabilities } from '../capabilities/index.ts';
import { WorkspaceSecurity } from '../capabilities/policy/workspace-security.ts';
import { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import { StepStore } from '../durable/steps/step-store.ts';
import { logError } from '../log.ts';
import { SessionMachine } from '../machines/session-machine.ts';
import { type BackendSettings, type CheckpointReference, DEFAULT_SETTINGS } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Level } from '../protocol/security.ts';
import { languageById } from '../workers/index.ts';
import type { Interpreter, InterpreterSearch, Language, LanguageId } from '../workers/language.ts';
import { AnswerCache } from './answer-cache.ts';
import { EarlyWorker } from './early-worker.ts';
import { withEnvFile, workerEnvironment } from './environment.ts';
import { findFloor } from './floor.ts';
import { LeftExecutions } from './left-executions.ts';
import { Pool } from './pool.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { SessionRecords } from './session-records.ts';
import type { CreateOptions, SessionsListener, SessionsOptions } from './sessions-options.ts';

/** Sessions of one backend. */
const MAX_SESSIONS = 100;
/** Values of all finished steps. */
const MAX_STEP_BYTES = 1024 * 1024 * 1024;

/** What is known of an interpreter before it has answered. */
const UNASKED = { version: '', origin: '', watched: [] };

/** What all sessions have in common. */
type Shared =
  | 'workers'
  | 'output'
  | 'stateFolder'
  | 'history'
  | 'prompts'
  | 'checkpoints'
  | 'steps'
  | 'workspaceSecurity'
  | 'external'
  | 'pool'
  | 'settings'
  | 'changed';

/** All sessions of the backend, by id and by name. */
export class Sessions {
  #settings: BackendSettings = DEFAULT_SETTINGS;
  readonly #pool = new Pool(() => this.#settings.pool);
  readonly #options: SessionsOptions;
  readonly #listener: SessionsListener;
  readonly #sessions = new Map<string, Session>();
  readonly #answers: AnswerCache;
  readonly #records: SessionRecords;
  /** Those that have not been used since they came back. */
  readonly #asleep = new Set<Session>();
  #closing = false;
  readonly #left: LeftExecutions;
  readonly checkpoints: CheckpointStore;
  readonly steps: StepStore;
  readonly security: WorkspaceSecurity;
  readonly external = new ExternalCapabilities(
    capabilities.map(({ name }) => name),
    () => this.#tellPolicy(false),
  );
  /** One creation of a name at a time, so that two that may reuse a session end with the same one. */
  readonly #creating = new Map<string, Promise<unknown>>();

  constructor(options: SessionsOptions, listener: SessionsListener) {
    this.#options = options;
    this.#answers = new AnswerCache(options.answers);
    this.#records = new SessionRecords(options.records);
    this.#left = new LeftExecutions(options.history);
    this.checkpoints = new CheckpointStore(options.checkpoints, {
      maxBytes: () => this.#settings.checkpoints.maxTotalBytes,
      changed: () => listener.checkpointsChanged(),
      removed: (ids) => {
        for (const { checkpoints } of this.all) checkpoints.removed(ids);
      },
    });
    this.steps = new StepStore({
      folder: options.steps,
      promises: options.promises,
      // Of what checkpoints may take: a step's value can be computed again.
      maxBytes: () => Math.min(MAX_STEP_BYTES, this.#settings.checkpoints.maxTotalBytes),
      changed: () => listener.stepsChanged(),
    });
    this.#listener = listener;
    this.security = new WorkspaceSecurity({
      workspace: options.workspace,
      stateFolder: options.stateFolder,
      settings: this.#settings.security,
      changed: (grants) => {
        if (grants) listener.grantsChanged(grants);
        this.#tellPolicy(true);
      },
    });
  }

  get settings(): BackendSettings {
    return this.#settings;
  }

  /** In force from the next execution on. */
  set settings(settings: BackendSettings) {
    this.security.configure(settings.security);
    this.#settings = settings;
    this.#pool.update();
  }

  get all(): Session[] {
    return [...this.#sessions.values()];
  }

  get runningExecutions(): number {
    return this.all.filter(({ executions }) => executions.busy).length;
  }

  /** Makes the sessions of an earlier backend again, asleep. Before anything else. */
  async revive(): Promise<void> {
    for (const record of this.#records.read()) {
      const language = languageById(record.language);
      const env = workerEnvironment(process.env);
      try {
        const floor = record.floor ? await findFloor(language, record.interpreter, env) : null;
        const { name, interpreter, cwd, envFile, security, group } = record;
        const machine = group === undefined ? null : SessionMachine.of(this.#options.machines, group, record);
        const own = { name, language, interpreter, cwd, env, envFile, floor, machine, security, ephemeral: false };
        this.#asleep.add(this.#add({ ...own, early: null, record }));
      } catch (error) {
        logError(`The session ${record.name} does not come back`, error);
      }
    }
  }

  /** See `LeftExecutions.run`. */
  runLeft(): Promise<void> | undefined {
    return this.#left.run(this.all);
  }

  /** @throws HoldfastError `not_found` */
  get(sessionId: string): Session {
    const session = this.#sessions.get(sessionId);
    if (!session) throw new HoldfastError('not_found', 'That session does not exist any more.');
    return session;
  }

  /**
   * Settles, like every change of what is kept of a session, when a later backend would find it so.
   * @throws HoldfastError `unavailable` when there is no usable interpreter, `conflict` when the name is taken or there are too many.
   */
  async create(options: CreateOptions): Promise<{ session: Session; created: boolean }> {
    const key = `${options.language}:${options.name ?? ''}`;
    const before = this.#creating.get(key);
    const mine = (async () => {
      await before?.catch(() => {});
      return this.#create(options);
    })();
    this.#creating.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#creating.get(key) === mine) this.#creating.delete(key);
    }
  }

  /** @throws HoldfastError `conflict` when another session has that name. */
  async rename(session: Session, name: string): Promise<void> {
    const holder = this.#byName(name);
    if (holder && holder !== session) throw nameTaken(name, holder);
    session.name = name;
    await this.#keep();
  }

  async setLevel(session: Session, level: Level): Promise<void> {
    session.level = level;
    await this.#keep();
  }

  /** See `Session.restart`. */
  async restart(session: Session): Promise<CheckpointReference | null> {
    const checkpoint = await session.restart();
    await this.#keep();
    return checkpoint;
  }

  /** Ends a session's worker and forgets the session. @returns the checkpoint that holds its variables; null when there is none. */
  async remove(session: Session): Promise<CheckpointReference | null> {
    const checkpoint = await session.close();
    this.security.grants.forgetSession(session.id);
    this.#asleep.delete(session);
    if (this.#sessions.delete(session.id)) {
      const kept = this.#keep();
      this.#listener.removed(session.id);
      await kept;
    }
    return checkpoint;
  }

  /** Before the backend ends, and while it can still be found. Settles in a few seconds. */
  async store(): Promise<void> {
    await Promise.all(this.all.map(({ checkpoints }) => checkpoints.beforeEnd()));
  }

  /** Ends every worker. The sessions come back with the next backend. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.all.map((session) => this.remove(session)));
    await this.#pool.close();
    await this.#answers.flush();
    await this.#records.flushed();
    await this.security.audit.flushed();
  }

  async #create(options: CreateOptions): Promise<{ session: Session; created: boolean }> {
    const existing = options.name === null ? undefined : this.#byName(options.name);
    if (existing) {
      const there = existing.options.machine?.group ?? null;
      if (options.reuse && existing.options.language.id === options.language && there === options.group)
        return { session: existing, created: false };
      throw nameTaken(existing.name, existing);
    }
    if (this.#sessions.size >= MAX_SESSIONS) {
      throw new HoldfastError('conflict', `There are ${MAX_SESSIONS} sessions already. End some first.`);
    }
    const language = languageById(options.language);
    const machine = options.group === null ? null : await this.#machineOf(options, options.group);
    const { workspace, workers } = this.#options;
    const env = workerEnvironment(options.env ?? process.env);
    const cwd = options.cwd ?? workspace;
    const early = new EarlyWorker((executable) => ({
      command: language.command({ ...UNASKED, path: executable }, workers, withEnvFile(env, options.envFile)),
      cwd,
      watched: [],
    }));
    const search = { configured: options.interpreter, workspace, env };
    // A worker that is held is started when its interpreter is known.
    const interpreter = machine
      ? { ...machine.where.interpreter, watched: [] }
      : await this.#find(language, search, options.floor ? null : early);
    const floor = options.floor ? await findFloor(language, interpreter, env) : null;
    const { envFile, ephemeral, security } = options;
    const name = options.name ?? this.#freeName(options.language);
    const own = { name, language, interpreter, cwd, env, envFile, floor, machine, ephemeral, security };
    const session = this.#add({ ...own, early, record: null });
    const kept = this.#keep();
    this.#listener.changed(session);
    await kept;
    return { session, created: true };
  }

  #add(own: Omit<SessionOptions, Shared>): Session {
    const { workers, output, stateFolder, history, prompts } = this.#options;
    const session = new Session({
      ...own,
      workers,
      output,
      stateFolder,
      history,
      prompts,
      checkpoints: this.checkpoints,
      steps: this.steps,
      workspaceSecurity: this.security,
      external: this.external,
      pool: this.#pool,
      settings: () => this.#settings,
      changed: (changed) => {
        // Also called while the constructor runs, before the session is listed.
        if (!this.#sessions.has(changed.id)) return;
        if (this.#asleep.has(changed) && !changed.asleep) this.#woke(changed);
        this.#listener.changed(changed);
      },
    });
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Sessions are told in the order of their last use. */
  #woke(session: Session): void {
    this.#asleep.delete(session);
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
    void this.#keep();
  }

  /** For a later backend. Those that nothing has run in for longest come first. Settles when it is on disk, or cannot be, and never rejects. */
  async #keep(): Promise<void> {
    if (this.#closing) return;
    const lasting = this.all.filter(({ options }) => !options.ephemeral);
    const asleep = lasting.filter((session) => session.asleep);
    const awake = lasting.filter((session) => !session.asleep);
    this.#records.keep([...asleep, ...awake].map(({ record }) => record));
    await this.#records.flushed();
  }

  /** @throws HoldfastError `invalid` for what only this machine has, `unavailable` */
  async #machineOf({ language, interpreter, floor }: CreateOptions, group: string): Promise<SessionMachine> {
    if (floor) throw new HoldfastError('invalid', 'A session on another machine cannot have a floor.');
    if (interpreter !== null)
      throw new HoldfastError('invalid', 'A session on another machine has the interpreter that was chosen there.');
    return await SessionMachine.find(this.#options.machines, group, language);
  }

  async #find(language: Language, search: InterpreterSearch, early: EarlyWorker | null): Promise<Interpreter> {
    try {
      return await language.find({
        ...search,
        answers: this.#answers,
        ...(early && language.startsByPath && { asking: (file: string) => void early.begin(file) }),
      });
    } catch (error) {
      early?.end();
      throw error;
    }
  }

  #tellPolicy(again: boolean): void {
    for (const session of this.all) session.tellPolicy(again);
  }

  #byName(name: string): Session | undefined {
    return this.all.find((session) => session.name === name);
  }

  #freeName(language: LanguageId): string {
    for (let n = 1; ; n++) {
      const name = n === 1 ? language : `${language} ${n}`;
      if (!this.#byName(name)) return name;
    }
  }
}

function nameTaken(name: string, { options }: Session): HoldfastError {
  return new HoldfastError(
    'conflict',
    `There is a session named "${name}" already (${options.language.label}). Choose another name.`,
  );
}
