import { answerPrompt } from './answer-prompt.ts';
import { cancelExecution } from './cancel-execution.ts';
import { cancelTask } from './cancel-task.ts';
import { chooseShiftEnter } from './choose-shift-enter.ts';
import { clearInlineResults } from './clear-inline-results.ts';
import { clearQueue } from './clear-queue.ts';
import { clearResults } from './clear-results.ts';
import type { Command } from './command.ts';
import { copyValue } from './copy-value.ts';
import { goToNextCell } from './go-to-next-cell.ts';
import { goToPreviousCell } from './go-to-previous-cell.ts';
import { insertCellBelow } from './insert-cell-below.ts';
import { interruptSession } from './interrupt-session.ts';
import { killSession } from './kill-session.ts';
import { newSession } from './new-session.ts';
import { openOutput } from './open-output.ts';
import { openResultsInEditor } from './open-results-in-editor.ts';
import { openSample } from './open-sample.ts';
import { openWalkthrough } from './open-walkthrough.ts';
import { renameSession } from './rename-session.ts';
import { rerun } from './rerun.ts';
import { restartSession } from './restart-session.ts';
import { runAllCells } from './run-all-cells.ts';
import { runCell } from './run-cell.ts';
import { runCellAndAdvance } from './run-cell-and-advance.ts';
import { runCellsAbove } from './run-cells-above.ts';
import { runCellsBelow } from './run-cells-below.ts';
import { runFile } from './run-file.ts';
import { runFromLine } from './run-from-line.ts';
import { runNext } from './run-next.ts';
import { runSelection } from './run-selection.ts';
import { runSelectionAndAdvance } from './run-selection-and-advance.ts';
import { runToLine } from './run-to-line.ts';
import { saveResult } from './save-result.ts';
import { selectCell } from './select-cell.ts';
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
  runSelectionAndAdvance,
  runCellsAbove,
  runCellsBelow,
  runAllCells,
  runToLine,
  runFromLine,
  runFile,
  goToNextCell,
  goToPreviousCell,
  selectCell,
  insertCellBelow,
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
  openResultsInEditor,
  clearResults,
  rerun,
  openOutput,
  saveResult,
  clearInlineResults,
  copyValue,
  showMenu,
  showLog,
  openWalkthrough,
  openSample,
  chooseShiftEnter,
];
