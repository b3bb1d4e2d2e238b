import * as z from 'zod';
import { CancelTask, TaskCancelled, TasksChanged } from './background.ts';
import { CapabilityAbandoned, CapabilityRequest, CapabilityResponse } from './capability.ts';
import { Checkpoint, Checkpointed, CheckpointPart, Restore, Restored, RestorePart } from './checkpoint.ts';
import { Cancel, Display, ErrorMessage, Execute, Interrupt, Output, Result, Started } from './execution.ts';
import { Heartbeat, Hello, Ready, Shutdown } from './lifecycle.ts';
import {
  Complete,
  Completed,
  EditNamespace,
  Inspect,
  Inspected,
  InspectValue,
  NamespaceChanged,
  NamespaceEdited,
  ReadValue,
  ValueInspected,
  ValueRead,
} from './namespace.ts';
import { Policy } from './policy.ts';
import { ProgressMessage } from './progress.ts';
import { Thawed, Undo, Undone } from './undo.ts';

/** Every message that the backend sends to a worker. */
export const ToWorker = z.discriminatedUnion('type', [
  Hello,
  Execute,
  Cancel,
  Interrupt,
  CapabilityResponse,
  Policy,
  Inspect,
  InspectValue,
  Complete,
  EditNamespace,
  ReadValue,
  Checkpoint,
  RestorePart,
  Restore,
  CancelTask,
  Undo,
  Shutdown,
]);
export type ToWorker = z.infer<typeof ToWorker>;

/** Every message that a worker sends to the backend. */
export const FromWorker = z.discriminatedUnion('type', [
  Ready,
  Started,
  Output,
  Display,
  ProgressMessage,
  CapabilityRequest,
  CapabilityAbandoned,
  NamespaceChanged,
  Inspected,
  ValueInspected,
  Completed,
  NamespaceEdited,
  ValueRead,
  CheckpointPart,
  Checkpointed,
  Restored,
  Undone,
  Thawed,
  TasksChanged,
  TaskCancelled,
  Result,
  ErrorMessage,
  Heartbeat,
]);
export type FromWorker = z.infer<typeof FromWorker>;
