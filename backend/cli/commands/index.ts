import { mcpCommand } from './agents.ts';
import { doctorCommand, stopCommand } from './backend.ts';
import {
  checkpointCommand,
  checkpointsCommand,
  exportCheckpointCommand,
  importCheckpointCommand,
  removeCheckpointCommand,
  renameCheckpointCommand,
  restoreCommand,
} from './checkpoints.ts';
import type { Declare } from './command.ts';
import { historyCommand, rerunCommand } from './history.ts';
import { machinesCommand, workerCommand } from './machines.ts';
import { inspectCommand, namespaceCommand } from './namespaces.ts';
import { runCommand } from './run.ts';
import { answerCommand, auditCommand, grantsCommand, promptsCommand, revokeCommand } from './security.ts';
import {
  attachCommand,
  cancelTaskCommand,
  interruptCommand,
  killCommand,
  outputCommand,
  renameCommand,
  restartCommand,
  sessionsCommand,
  tasksCommand,
  undoCommand,
} from './sessions.ts';
import { forgetStepsCommand, stepsCommand } from './steps.ts';

/** THE list of commands, in the order of `holdfast --help`. */
export const commands: readonly Declare[] = [
  runCommand,
  sessionsCommand,
  attachCommand,
  workerCommand,
  machinesCommand,
  historyCommand,
  rerunCommand,
  namespaceCommand,
  inspectCommand,
  tasksCommand,
  cancelTaskCommand,
  outputCommand,
  renameCommand,
  interruptCommand,
  undoCommand,
  restartCommand,
  killCommand,
  checkpointCommand,
  checkpointsCommand,
  restoreCommand,
  renameCheckpointCommand,
  removeCheckpointCommand,
  exportCheckpointCommand,
  importCheckpointCommand,
  stepsCommand,
  forgetStepsCommand,
  promptsCommand,
  answerCommand,
  grantsCommand,
  revokeCommand,
  auditCommand,
  mcpCommand,
  stopCommand,
  doctorCommand,
];
