import { answerPrompt } from './answer-prompt.ts';
import { cancelExecution } from './cancel-execution.ts';
import { cancelTask } from './cancel-task.ts';
import { chooseShiftEnter } from './choose-shift-enter.ts';
import { clearInlineResults } from './clear-inline-results.ts';
import { clearQueue } from './clear-queue.ts';
import type { Command } from './command.ts';
import { copyValue } from './copy-value.ts';
import { interruptSession } from './interrupt-session.ts';
import { killSession } from './kill-session.ts';
import { newSession } from './new-session.ts';
import { openSample } from './open-sample.ts';
import { openWalkthrough } from './open-walkthrough.ts';
import { renameSession } from './rename-session.ts';
import { restartSession } from './restart-session.ts';
import { runCell } from './run-cell.ts';
import { runCellAndAdvance } from './run-cell-and-advance.ts';
import { runFile } from './run-file.ts';
import { runNext } from './run-next.ts';
import { runSelection } from './run-selection.ts';
import { selectInterpreter } from './select-interpreter.ts';
import { selectSession } from './select-session.ts';
import { showLog } from './show-log.ts';
import { showMenu } from './show-menu.ts';
import { showResults } from './show-results.ts';

/** THE list of commands. A new one is a file beside this, a line here, and its entry in package.json. */
export const commands: readonly Command[] = [
  runSelection,
  runCell,
  runCellAndAdvance,
  runFile,
  cancelExecution,
  interruptSession,
  restartSession,
  killSession,
  renameSession,
  newSession,
  selectSession,
  clearQueue,
  runNext,
  cancelTask,
  selectInterpreter,
  answerPrompt,
  showResults,
  clearInlineResults,
  copyValue,
  showMenu,
  showLog,
  openWalkthrough,
  openSample,
  chooseShiftEnter,
];
