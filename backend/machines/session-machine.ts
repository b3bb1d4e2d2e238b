import type { LanguageId } from '../protocol/values.ts';
import type { SessionProcess, WorkerListener } from '../sessions/worker-process.ts';
import type { Machines } from './machines.ts';
import { RemoteWorker, type StartedWorker } from './remote-worker.ts';

type Where = Pick<StartedWorker, 'host' | 'interpreter' | 'cwd'>;

/**
 * What the backend would do on its own machine and not on that of the program: another machine has no business with this one's files,
 * programs and network, and its programs mean their own.
 */
const ONLY_HERE: readonly string[] = ['pick_file', 'read_file', 'write_file', 'list_files', 'fetch', 'shell', 'env'];

/** Where the workers of one session run: on machines of a group, one after the other. */
export class SessionMachine {
  readonly group: string;
  readonly #machines: Machines;
  readonly #language: LanguageId;
  #first: StartedWorker | undefined;
  #where: Where;

  private constructor(machines: Machines, group: string, language: LanguageId, where: Where) {
    this.#machines = machines;
    this.group = group;
    this.#language = language;
    this.#where = where;
  }

  /** Starts the first worker. @throws HoldfastError `unavailable` */
  static async find(machines: Machines, group: string, language: LanguageId): Promise<SessionMachine> {
    const first = await machines.start(group, language);
    const made = new SessionMachine(machines, group, language, first);
    made.#first = first;
    return made;
  }

  /** Of a session that slept: its worker is started, wherever, when it is needed. @param last where the one before ran */
  static of(machines: Machines, group: string, last: Omit<Where, 'host'> & { language: LanguageId }): SessionMachine {
    const { interpreter, cwd } = last;
    return new SessionMachine(machines, group, last.language, { host: group, interpreter, cwd });
  }

  /** Of the newest worker. */
  get where(): Where {
    return this.#where;
  }

  start(listener: WorkerListener): SessionProcess {
    const first = this.#first;
    this.#first = undefined;
    return new RemoteWorker(first ? Promise.resolve(first) : this.#next(), listener);
  }

  /** Why a program there cannot have that capability. */
  refusal(capability: string): string | undefined {
    if (!ONLY_HERE.includes(capability)) return undefined;
    return `${capability} is not there in a session on another machine, where it would mean the files, programs and network of this one: use what the language has for it.`;
  }

  async #next(): Promise<StartedWorker> {
    const started = await this.#machines.start(this.group, this.#language);
    this.#where = started;
    return started;
  }
}
