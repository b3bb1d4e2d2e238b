import type { Serial, TaskSeen } from '../../shared/messages.ts';
import type { Link } from '../link.ts';
import { NativeSet, now, setAdd, setDelete, setForEach, setSize, today } from '../primordials.ts';

/** As `MAX_TASKS` of the protocol. */
const MAX_LISTED = 50;
const LOOK_MS = 100;
/** A look that takes long, at a million timers, is followed by a rest of so many times that. */
const REST = 20;
/** Tasks that are kept until the next look, at least, however many of them have ended. */
const MIN_KEPT = 1000;

/** Something that user code has started. Read and ended without running user code. */
export interface Work {
  readonly kind: TaskSeen['kind'];
  /** It has not ended. */
  readonly live: boolean;
  /** A Node program would stay for it. What is unref'd, as Node's own timers are, is not listed. */
  readonly awaited: boolean;
  /** Goes on with what a cancel has interrupted by accident. To be called when no user code runs. */
  revive(): void;
  name(): string;
  /** `requested`: it ends when it can. */
  cancel(): 'cancelled' | 'requested';
}

interface Task {
  /** 0: it was never listed. */
  taskId: number;
  readonly work: Work;
  readonly serial: Serial;
  readonly since: number;
}

const { setInterval, clearInterval } = globalThis;

/**
 * What user code has left running. Nothing tells when a timer is cleared or a thread has ended, short of wrapping every method and
 * callback of the user's: so, as long as there is something, it is looked at ten times a second.
 */
export class Tasks {
  readonly #link: Link;
  readonly #idle: () => boolean;
  readonly #tasks = new NativeSet<Task>();
  #limit = MIN_KEPT;
  #lastId = 0;
  #told = '';
  #timer: NodeJS.Timeout | null = null;
  #restsUntil = 0;
  #disturbed = false;

  constructor(link: Link, idle: () => boolean) {
    this.#link = link;
    this.#idle = idle;
  }

  add(work: Work): void {
    setAdd(this.#tasks, { taskId: 0, work, serial: this.#link.owner(), since: today() });
    if (setSize(this.#tasks) > this.#limit) {
      this.#sweep();
      this.#limit = 2 * setSize(this.#tasks) + MIN_KEPT;
    }
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /** A cell is cancelled. */
  disturb(): void {
    this.#disturbed = true;
  }

  /** Goes on with what the cancel of a cell may have ended by accident: a terminated callback is not called again. */
  refresh(): void {
    if (!this.#disturbed) return;
    this.#disturbed = false;
    this.#timer?.refresh();
    this.#revive();
  }

  cancel(taskId: number, replyTo: number): void {
    let status: 'cancelled' | 'requested' | 'gone' = 'gone';
    setForEach(this.#tasks, ({ taskId: id, work }) => {
      if (id === taskId && work.live) status = work.cancel();
    });
    this.#link.send({ kind: 'task_cancelled', replyTo, status });
  }

  #look(): void {
    const startedAt = now();
    if (startedAt < this.#restsUntil) return;
    this.#sweep();
    this.#revive();
    const idle = this.#idle();
    if (idle) this.#tell();
    this.#restsUntil = now() + REST * (now() - startedAt);
    if (!idle) return;
    if (setSize(this.#tasks) > 0) return;
    this.#limit = MIN_KEPT;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #revive(): void {
    setForEach(this.#tasks, ({ work }) => work.revive());
  }

  #sweep(): void {
    setForEach(this.#tasks, (task) => {
      if (!task.work.live) setDelete(this.#tasks, task);
    });
  }

  #tell(): void {
    const tasks: TaskSeen[] = [];
    let total = 0;
    let key = '';
    setForEach(this.#tasks, (task) => {
      if (!task.work.awaited) return;
      total++;
      if (tasks.length >= MAX_LISTED) return;
      task.taskId ||= ++this.#lastId;
      const { taskId, serial, since, work } = task;
      tasks[tasks.length] = { taskId, kind: work.kind, name: work.name(), serial, since };
      key += ` ${taskId}`;
    });
    key += total === 0 ? '' : ` of ${total}`;
    if (key === this.#told) return;
    this.#told = key;
    this.#link.send({ kind: 'tasks', tasks, total });
  }
}
