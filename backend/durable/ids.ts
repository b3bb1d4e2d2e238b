import { DurableError } from './durable-error.ts';

/** Of a root id: what the SDK, its server and a file name all take. `:` ends the origin and `.` parts what is below it (FACTS.md). */
const ROOT = /^[A-Za-z0-9_-]{1,128}$/;

/** @throws DurableError `invalid_id` */
function root(id: string): string {
  if (ROOT.test(id)) return id;
  throw new DurableError(
    'invalid_id',
    `"${id.slice(0, 140)}" cannot name a durable promise: use 1 to 128 letters, digits, "-" and "_".`,
  );
}

/** All ids of durable promises are made here. */
export const ids = {
  /** @throws DurableError `invalid_id` when `id` holds `:`, `.` or anything but letters, digits, `-` and `_`. */
  root,
  execution: (executionId: string) => root(`exec-${executionId}`),
  session: (sessionId: string) => root(`session-${sessionId}`),
  /** The first child of an execution: its outcome, settled by whoever hears it. */
  result: (executionId: string) => `${ids.execution(executionId)}:0`,
  /** Made when it begins to run. @param run counts from 1: an idempotent one may begin again */
  begun: (executionId: string, run: number) => `${ids.execution(executionId)}:${run}`,
  prompt: (executionId: string, n: number) => `${ids.execution(executionId)}:input.${n}`,
  /** A prompt of no execution: a task or timer of the session asks. */
  sessionPrompt: (sessionId: string, n: number) => `${ids.session(sessionId)}:input.${n}`,
  /** A finished step of a program. */
  step: (stepId: string) => `${root(`step-${stepId}`)}:0`,
  /** Made when it is forgotten. */
  stepForgotten: (stepId: string) => `${root(`step-${stepId}`)}:1`,
  /** A machine says that it is there, for the nth time. */
  machine: (machineId: string, n: number) => root(`machine-${machineId}-${n}`),
  /** What everything below a root shares. */
  originOf: (id: string) => id.split(':', 1)[0] ?? id,
};
