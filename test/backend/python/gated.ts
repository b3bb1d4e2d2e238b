import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Interpreter } from '../../../backend/workers/language.ts';
import { landlock } from '../../../backend/workers/python/landlock.ts';
import type { Finished, Of, Outgoing } from '../../helpers/worker-process.ts';
import { commandOf, Session } from './session.ts';

type Policy = Extract<Outgoing, { type: 'policy' }>;
export type Answer = Extract<Outgoing, { type: 'capability_response' }>['answer'];

export const ALL = ['read', 'write', 'delete', 'network', 'subprocess', 'environment', 'native'] as const;
export const ONCE: Answer = { status: 'answered', value: { allowed: true, remember: false } };
export const REMEMBERED: Answer = { status: 'answered', value: { allowed: true, remember: true } };
export const DENIED: Answer = { status: 'failed', code: 'denied', message: 'It was denied by the test. Ask the test.' };

/** What the gate asked, as short as a test wants to read it. */
export interface Question {
  readonly category: string;
  readonly operation: string;
  /** The path, the host with its port, the command or the name. */
  readonly target: string;
  readonly location: { readonly file: string; readonly line: number } | null;
}

/** A Python session under a policy, in a workspace of its own, with a folder beside it that is elsewhere. */
export class GatedSession {
  readonly session: Session;
  readonly questions: Question[] = [];
  /** What the host says to each question; undefined: nothing yet. */
  answer: (question: Question) => Answer | undefined = () => DENIED;
  readonly #folder: string;
  #generation = 0;
  #open = true;

  private constructor(session: Session, folder: string) {
    this.session = session;
    this.#folder = folder;
    void this.#listen();
  }

  static async start(interpreter: Interpreter, env: NodeJS.ProcessEnv = process.env): Promise<GatedSession> {
    const gated = await GatedSession.#begin((workspace) => Session.start(interpreter, workspace, env));
    gated.policy({});
    return gated;
  }

  /** The interpreter's environment lies in the workspace, in `.venv`. */
  static async startInEnvironment(interpreter: Interpreter): Promise<GatedSession> {
    const gated = await GatedSession.#begin(async (workspace) => {
      const environment = path.join(workspace, '.venv');
      await promisify(execFile)(interpreter.path, ['-m', 'venv', '--without-pip', environment]);
      return Session.start({ ...interpreter, path: path.join(environment, 'bin/python') }, workspace);
    });
    gated.policy({});
    return gated;
  }

  /** Without a gate, held by the kernel alone, with network and programs denied. */
  static async startHeld(interpreter: Interpreter, env: NodeJS.ProcessEnv): Promise<GatedSession> {
    const command = await commandOf(interpreter, env);
    return GatedSession.#begin((workspace) => {
      const bounds = { readable: [workspace], writable: [workspace], network: false, programs: false };
      return Session.of(landlock.wrap(command, interpreter, bounds), workspace);
    });
  }

  static async #begin(start: (workspace: string) => Promise<Session>): Promise<GatedSession> {
    const folder = await madeFolder();
    try {
      return new GatedSession(await start(path.join(folder, 'workspace')), folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get workspace(): string {
    return path.join(this.#folder, 'workspace');
  }

  get elsewhere(): string {
    return path.join(this.#folder, 'elsewhere');
  }

  /** A new generation. */
  policy(change: Partial<Policy>): void {
    this.session.worker.send({
      type: 'policy',
      generation: ++this.#generation,
      level: 'standard',
      asks: [...ALL],
      roots: [this.workspace],
      readsFree: true,
      writesFree: true,
      injected: [],
      ...change,
    });
  }

  /** Runs a cell; `elsewhere` and `workspace` are variables in it. */
  async run(code: string, answer?: Answer): Promise<Finished & { asked: Question[] }> {
    if (answer) this.answer = () => answer;
    this.questions.length = 0;
    const finished = await this.session.run(this.prepared(code), { path: `${this.workspace}/cell.py`, line: 1 });
    return { ...finished, asked: [...this.questions] };
  }

  /** On one line before the code's first. */
  prepared(code: string): string {
    return `elsewhere, workspace = ${JSON.stringify(this.elsewhere)}, ${JSON.stringify(this.workspace)}; ${code}`;
  }

  async stop(): Promise<void> {
    this.#open = false;
    await this.session.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #listen(): Promise<void> {
    let next = this.session.worker.next('capability_request');
    while (this.#open) {
      const request = await next.catch(() => undefined);
      if (!request) return;
      next = this.session.worker.next('capability_request');
      next.catch(() => {});
      const question = questionOf(request);
      this.questions.push(question);
      const answer = this.answer(question);
      if (answer) this.session.worker.send({ type: 'capability_response', requestId: request.requestId, answer });
    }
  }
}

async function madeFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'holdfast-gate-')));
  for (const name of ['workspace', 'elsewhere']) await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, 'elsewhere', 'secret.txt'), 'secret');
  await writeFile(path.join(folder, 'workspace', 'own.txt'), 'own');
  return folder;
}

export function questionOf({ capability, parameters, location }: Of<'capability_request'>): Question {
  const { operation, path: file, host, port, argv, name } = parameters as Record<string, unknown>;
  const target = file ?? (host === undefined ? undefined : `${host}:${port}`) ?? (argv as string[])?.join(' ') ?? name;
  return { category: capability, operation: String(operation), target: String(target), location };
}
