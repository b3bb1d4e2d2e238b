import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Broker } from '../capabilities/broker.ts';
import { capabilities, SHOWN } from '../capabilities/index.ts';
import { SessionSecurity } from '../capabilities/policy/session-security.ts';
import type { CheckpointReference, SessionInfo } from '../protocol/client/index.ts';
import type { Level } from '../protocol/security.ts';
import { unreachable } from '../protocol/unreachable.ts';
import { AutomaticCheckpoints } from './automatic-checkpoints.ts';
import { withEnvFile } from './environment.ts';
import { Executions } from './executions.ts';
import { SessionFloor } from './floor.ts';
import { Journal } from './journal.ts';
import type { SessionOptions } from './session-options.ts';
import type { SessionRecord } from './session-records.ts';
import { SessionRecovery } from './session-recovery.ts';
import { SessionSteps } from './session-steps.ts';
import { type CellMessage, SessionWorker, type SessionWorkerHost, type WorkerEnd } from './session-worker.ts';
import type { WorkerSpec } from './worker-spec.ts';

/** One namespace with its worker: runs executions one after the other and records what happens. */
export class Session {
  readonly id: string;
  readonly createdAt: number;
  readonly options: SessionOptions;
  readonly journal: Journal;
  readonly broker: Broker;
  readonly security: SessionSecurity;
  readonly worker: SessionWorker;
  readonly executions = new Executions(this);
  readonly checkpoints: AutomaticCheckpoints;
  readonly recovery: SessionRecovery;
  readonly #floor: SessionFloor | null;
  #name: string;

  constructor(options: SessionOptions) {
    this.options = options;
    const { record } = options;
    this.id = record?.sessionId ?? randomUUID();
    this.createdAt = record?.createdAt ?? Date.now();
    this.#name = options.name;
    this.journal = new Journal({
      folder: path.join(options.output, record ? `${this.id}.${Date.now()}` : this.id),
      maxBytes: () => options.settings().output.maxBytes,
      hold: (held) => this.worker.hold(held),
    });
    const names = () => [...[...capabilities, ...options.external.all].map(({ name }) => name), ...SHOWN];
    this.security = new SessionSecurity(options.workspaceSecurity, options.security, names);
    this.broker = new Broker({
      sessionId: this.id,
      workspace: options.workspaceSecurity,
      session: this.security,
      external: options.external,
      records: options.prompts,
      machine: () => options.machine?.where.host ?? null,
      isRepeatable: (executionId) => this.executions.ifRunning(executionId)?.idempotent === true,
      listener: {
        opened: (prompt) => this.journal.tell({ kind: 'prompt_opened', prompt }),
        noticed: (notice) => this.journal.tell({ kind: 'noticed', ...notice }),
        closed: (promptId, reason) => this.journal.tell({ kind: 'prompt_closed', promptId, reason }),
      },
      host: {
        cwd: options.cwd,
        stateFolder: options.stateFolder,
        env: () => withEnvFile(options.env, options.envFile),
        steps: new SessionSteps({
          language: options.language.id,
          store: options.steps,
          running: (executionId) => this.executions.ifRunning(executionId)?.request,
          maxBytes: () => options.settings().checkpoints.maxVariableBytes,
        }),
        output: (stream, executionId, bytes) => {
          // A task has asked for it that goes on behind its cell.
          const running = this.executions.ifRunning(executionId);
          this.executions.output(stream, running?.id ?? null, bytes);
          return this.journal.room();
        },
      },
    });
    this.checkpoints = new AutomaticCheckpoints(this, options.checkpoints, options.settings);
    this.recovery = new SessionRecovery(this, options.checkpoints, record);
    const { floor, interpreter, workspaceSecurity } = options;
    this.#floor = floor
      ? new SessionFloor(floor, interpreter, this.security.level, {
          workspace: workspaceSecurity.roots,
          cwd: options.cwd,
        })
      : null;
    this.worker = new SessionWorker({
      spec: () => this.#workerSpec,
      pool: options.pool,
      early: options.early,
      machine: options.machine,
      host: this.#workerHost,
    });
    if (!record) this.worker.start();
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.#changed();
  }

  /** Of a person's executions, in force at once. */
  set level(level: Level) {
    this.security.level = level;
    this.tellPolicy(false);
    this.#changed();
  }

  /** @param again what the worker remembers is void, also when its policy is the same */
  tellPolicy(again: boolean): void {
    const policy = this.worker.ready ? this.security.policy(again) : undefined;
    if (policy) this.worker.send(policy);
  }

  get info(): SessionInfo {
    const { language, ephemeral, machine } = this.options;
    const { interpreter, cwd } = machine?.where ?? this.options;
    const state = this.asleep ? 'asleep' : this.worker.state;
    const executions = this.executions.info;
    return {
      sessionId: this.id,
      name: this.#name,
      language: language.id,
      state: state === 'idle' && executions.running !== null ? 'busy' : state,
      interpreter: { path: interpreter.path, version: interpreter.version, origin: interpreter.origin },
      cwd,
      ephemeral,
      level: this.security.level,
      ...(machine && { machine: { group: machine.group, host: machine.where.host } }),
      floor: this.#floor?.name ?? null,
      createdAt: this.createdAt,
      ...executions,
      ...this.worker.info,
    };
  }

  /** It was one of an earlier backend, and nothing has run in it since. */
  get asleep(): boolean {
    return this.recovery.sleeps && !this.worker.exists;
  }

  /** Starts its worker if it sleeps. Settles when that has what it had, or has ended. */
  async wake(): Promise<void> {
    if (!this.asleep) return;
    const settled = this.recovery.settled();
    this.worker.start();
    this.#changed();
    await settled;
  }

  /** What a later backend makes it of again. */
  get record(): SessionRecord {
    const { language, envFile, floor, security, machine } = this.options;
    const { interpreter, cwd } = machine?.where ?? this.options;
    return {
      sessionId: this.id,
      name: this.#name,
      language: language.id,
      interpreter: { ...interpreter, watched: machine ? [] : [...this.options.interpreter.watched] },
      cwd,
      envFile,
      floor: floor !== null,
      ...(machine && { group: machine.group }),
      security: { allow: [], deny: [], ...security, level: this.security.ownLevel },
      createdAt: this.createdAt,
      emptiedAt: this.recovery.emptiedAt,
    };
  }

  /**
   * Replaces the worker by a new one with an empty namespace. What runs or waits is lost.
   * @returns the checkpoint that holds what there was; null when there is none.
   */
  async restart(): Promise<CheckpointReference | null> {
    const reason = 'The session was restarted.';
    this.executions.loseWaiting(reason);
    this.worker.forgive();
    const checkpoint = await this.#lastCopy();
    this.recovery.emptied();
    await this.worker.end(reason, 'start');
    this.journal.tell({ kind: 'restarted', checkpoint });
    return checkpoint;
  }

  /**
   * Ends the worker and deletes the output. What runs or waits is lost.
   * @returns the checkpoint that holds what there was; null when there is none.
   */
  async close(): Promise<CheckpointReference | null> {
    const reason = 'The session was ended.';
    this.executions.close(reason);
    const checkpoint = await this.#lastCopy();
    this.worker.leave();
    await this.worker.end(reason, 'nothing');
    await this.#floor?.close();
    await Promise.all([this.broker.prompts.closed(), this.executions.allEnded()]);
    await this.journal.close();
    return checkpoint;
  }

  /** One that sleeps has what its last worker left on disk. */
  async #lastCopy(): Promise<CheckpointReference | null> {
    return this.asleep ? await this.recovery.left() : await this.checkpoints.beforeEnd();
  }

  get #workerSpec(): WorkerSpec {
    const { language, interpreter, workers, env, envFile, cwd } = this.options;
    const started = language.command(interpreter, workers, withEnvFile(env, envFile));
    const plain = { ...started, args: [...started.args, ...language.options(this.options.settings())] };
    const command = this.#floor?.wrap(plain) ?? plain;
    return { command, cwd, watched: interpreter.watched };
  }

  readonly #workerHost: SessionWorkerHost = {
    ready: () => void this.recovery.run(),
    message: (message, payload) => this.#receive(message, payload),
    output: (stream, executionId, bytes) => this.executions.output(stream, executionId, bytes),
    outputEnded: (stream, executionId) => this.executions.outputEnded(stream, executionId),
    ended: (end) => this.#workerEnded(end),
    changed: () => this.#changed(),
  };

  #receive(message: CellMessage, payload: Uint8Array): void {
    switch (message.type) {
      case 'started':
        this.executions.started(message.executionId, message.mode);
        return;
      case 'output':
        this.executions.output(message.stream, message.executionId, payload);
        return;
      case 'display':
        this.journal.tell({ kind: 'display', executionId: message.executionId, parts: message.parts }, payload);
        return;
      case 'capability_request': {
        const { requestId } = message;
        const refusal = this.options.machine?.refusal(message.capability);
        if (refusal !== undefined) {
          const answer = { status: 'failed', code: 'denied', message: refusal } as const;
          this.worker.send({ type: 'capability_response', requestId, answer });
          return;
        }
        this.broker.request(message, payload, (answer, content) =>
          this.worker.send({ type: 'capability_response', requestId, answer }, content),
        );
        return;
      }
      case 'capability_abandoned':
        this.broker.abandonRequest(message.requestId);
        return;
      case 'progress': {
        const { executionId, progressId, label, done, total, state } = message;
        this.journal.tell({ kind: 'progress', executionId, progressId, label, done, total, state });
        return;
      }
      case 'namespace_changed': {
        const { changed, deleted, total, truncated } = message;
        this.checkpoints.changed(
          changed.map(({ name }) => name),
          deleted,
          truncated,
        );
        this.journal.tell({ kind: 'namespace_changed', changed, deleted, total, truncated, reset: false });
        return;
      }
      case 'result':
      case 'error':
        this.executions.terminal(message, payload);
        return;
      default:
        unreachable(message);
    }
  }

  #workerEnded(end: WorkerEnd): void {
    const { cancelling } = this.executions;
    this.executions.workerEnded(end);
    this.broker.abandon();
    this.security.reset();
    const held = this.checkpoints.ended();
    if (!end.onPurpose || cancelling) this.recovery.lost(held, cancelling);
    this.recovery.settle();
    const nothing = { changed: [], deleted: [], total: 0, truncated: false };
    this.journal.tell({ kind: 'namespace_changed', ...nothing, reset: true });
  }

  #changed(): void {
    this.options.changed(this);
  }
}
