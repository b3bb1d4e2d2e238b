import type { MessagePort } from 'node:worker_threads';
import type { FromMain, ToMain } from '../shared/messages.ts';
import type { Connection } from './connection.ts';
import type { Executions } from './executions.ts';

const PAUSE_MS = 100;

/** The tasks of the background as the backend hears of them: never while a cell runs. */
export class TaskList {
  readonly #connection: Connection;
  readonly #main: MessagePort;
  readonly #executions: Executions;
  /** What a running cell keeps from being told. */
  #held: Extract<FromMain, { kind: 'tasks' }> | null = null;
  #pausing = false;
  /** Cancels that the main thread has not answered, by the number of the message. */
  readonly #asked = new Map<number, number>();

  constructor(connection: Connection, main: MessagePort, executions: Executions) {
    this.#connection = connection;
    this.#main = main;
    this.#executions = executions;
  }

  changed(message: Extract<FromMain, { kind: 'tasks' }>): void {
    this.#held = message;
    this.#tell();
  }

  cancel(taskId: number, replyTo: number): void {
    this.#asked.set(replyTo, taskId);
    this.#ask(taskId, replyTo);
  }

  cancelled({ replyTo, status }: Extract<FromMain, { kind: 'task_cancelled' }>): void {
    if (this.#asked.delete(replyTo)) this.#connection.send({ type: 'task_cancelled', replyTo, status });
  }

  /** A cell has ended. If it was terminated, so may have been the main thread's answer to a cancel of a task: it is asked again. */
  cellEnded(): void {
    for (const [replyTo, taskId] of this.#asked) this.#ask(taskId, replyTo);
    this.#tell();
  }

  #ask(taskId: number, replyTo: number): void {
    const message: ToMain = { kind: 'cancel_task', taskId, replyTo };
    this.#main.postMessage(message);
  }

  #tell(): void {
    if (!this.#held || this.#pausing || this.#executions.busy) return;
    const { tasks, total } = this.#held;
    this.#held = null;
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      this.#tell();
    }, PAUSE_MS);
    this.#connection.send({
      type: 'tasks_changed',
      tasks: tasks.map(({ serial, ...task }) => ({ ...task, executionId: this.#executions.startedBy(serial) })),
      total,
    });
  }
}
