import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CATEGORIES, type Category } from '../../../../backend/protocol/security.ts';
import { javascript } from '../../../../backend/workers/javascript/language.ts';
import type { WorkerCommand } from '../../../../backend/workers/language.ts';
import { type Execution, type Finished, type Of, WorkerProcess } from '../../../helpers/worker-process.ts';
import { builtWorkers, testNode } from '../session.ts';

export type Asked = Of<'capability_request'>;
type Answer = 'allow' | 'remember' | 'deny' | 'leave';

interface StartOptions {
  readonly asks?: readonly Category[];
  readonly wrap?: (command: WorkerCommand, folder: string) => WorkerCommand;
}

const EFFECTS = new Set<string>(CATEGORIES);
export const DENIED = 'The test says no.';

/** A worker with the gate up, in a workspace of its own, and a host that answers as the test says. */
export class GatedSession {
  readonly worker: WorkerProcess;
  /** Real paths of a folder that is the workspace, and of one that is not. */
  readonly workspace: string;
  readonly outside: string;
  /** What was asked for, oldest first. */
  readonly asked: Asked[] = [];
  answer: (asked: Asked) => Answer = () => 'allow';
  #generation = 0;
  #seen = 0;
  readonly #folder: string;

  private constructor(worker: WorkerProcess, folder: string) {
    this.worker = worker;
    this.#folder = folder;
    this.workspace = path.join(folder, 'workspace');
    this.outside = path.join(folder, 'outside');
    this.#listen();
  }

  /** @param options `asks`: of the first policy; `wrap`: a floor, of the folder that workspace and outside are in */
  static async start(options: StartOptions = {}): Promise<GatedSession> {
    const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'holdfast-gate-')));
    await mkdir(path.join(folder, 'workspace'));
    await mkdir(path.join(folder, 'outside'));
    await writeFile(path.join(folder, 'outside/secret.txt'), 'a secret');
    await writeFile(path.join(folder, 'workspace/own.txt'), 'my own');
    const command = javascript.command(await testNode(), builtWorkers, process.env);
    const started = options.wrap?.(command, folder) ?? command;
    const worker = await WorkerProcess.start(started, { cwd: path.join(folder, 'workspace') });
    const session = new GatedSession(worker, folder);
    session.policy(options.asks);
    return session;
  }

  /** A new policy. By default everything is asked for but what happens in the workspace. */
  policy(asks: readonly Category[] = CATEGORIES, { readsFree = true, writesFree = true } = {}): void {
    this.worker.send({
      type: 'policy',
      generation: ++this.#generation,
      level: asks.length > 0 ? 'standard' : 'unrestricted',
      asks: [...asks],
      roots: [this.workspace],
      readsFree,
      writesFree,
      injected: ['input', 'approve', 'choose', 'pick_file', 'review', 'notify', 'display', 'progress', 'store'],
    });
  }

  execute(code: string): Execution {
    return this.worker.execute({ code, dialect: 'javascript', source: { path: path.join(this.workspace, 'cell.js') } });
  }

  run(code: string): Promise<Finished> {
    return this.execute(code).finished;
  }

  /** The text of a cell's value, or its error's name and message. */
  async text(code: string): Promise<string | null> {
    const { text, error } = await this.run(code);
    return error ? `${error.name}: ${error.message}` : text;
  }

  /** What was asked for since it was last called: `category operation target`. */
  taken(): string[] {
    return this.asked.splice(0).map(({ capability, parameters }) => {
      const { operation, path: file, host, port, argv } = parameters as Record<string, unknown>;
      const target = file ?? (host === undefined ? (argv as string[]).join(' ') : `${host}:${port}`);
      return `${capability} ${operation} ${String(target).replaceAll(this.#folder, '').replace('/usr/bin/', '/bin/')}`;
    });
  }

  /** The next question of the gate. */
  next(): Promise<Asked> {
    return this.worker.next('capability_request', ({ capability }) => EFFECTS.has(capability));
  }

  reply({ requestId, parameters }: Asked, answer: Exclude<Answer, 'leave'>): void {
    if (answer === 'deny') {
      const message = `${DENIED} (${parameters['operation']})`;
      this.worker.send({
        type: 'capability_response',
        requestId,
        answer: { status: 'failed', code: 'denied', message },
      });
      return;
    }
    const value = { allowed: true, remember: answer === 'remember' };
    this.worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value } });
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Several may come at once: each is taken from the list of all messages. */
  #listen(): void {
    const take = () => {
      this.#listen();
      for (; this.#seen < this.worker.messages.length; this.#seen++) {
        const message = this.worker.messages[this.#seen];
        if (message?.type !== 'capability_request' || !EFFECTS.has(message.capability)) continue;
        this.asked.push(message);
        const answer = this.answer(message);
        if (answer !== 'leave') this.reply(message, answer);
      }
    };
    // The worker's end ends this, too.
    this.next().then(take, () => {});
  }
}
