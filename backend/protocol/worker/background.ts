import * as z from 'zod';
import { BackgroundTask, MAX_TASKS } from '../values.ts';
import { fromWorker, toWorker } from './message.ts';

/** The tasks, timers and threads that user code has left running. Sent when the list has changed and no cell runs, at most every 100 ms. */
export const TasksChanged = fromWorker('tasks_changed', {
  /** Oldest first. */
  tasks: z.array(BackgroundTask).max(MAX_TASKS),
  /** How many there are, listed or not. */
  total: z.int().nonnegative(),
});

/** Cancels one of them. Answered with `task_cancelled`. */
export const CancelTask = toWorker('cancel_task', { taskId: z.int().positive() });

export const TaskCancelled = fromWorker('task_cancelled', {
  /** The `id` of the `cancel_task` that this answers. */
  replyTo: z.int().positive(),
  /** `requested`: it ends when its own code lets it. `gone`: it had ended before. */
  status: z.enum(['cancelled', 'requested', 'gone']),
});
