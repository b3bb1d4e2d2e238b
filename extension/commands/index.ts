import { allowPrompt } from './allow-prompt.ts';
import { answerPrompt } from './answer-prompt.ts';
import { cancelExecution } from './cancel-execution.ts';
import { cancelTask } from './cancel-task.ts';
import { changeLevel } from './change-level.ts';
import { chooseShiftEnter } from './choose-shift-enter.ts';
import { clearInlineResults } from './clear-inline-results.ts';
import { clearNamespaceFilter } from './clear-namespace-filter.ts';
import { clearQueue } from './clear-queue.ts';
import { clearResults } from './clear-results.ts';
import type { Command } from './command.ts';
import { copyValue } from './copy-value.ts';
import { copyVariableCsv } from './copy-variable-csv.ts';
import { copyVariableJson } from './copy-variable-json.ts';
import { copyVariableName } from './copy-variable-name.ts';
import { copyVariableValue } from './copy-variable-value.ts';
import { deleteCheckpoint } from './delete-checkpoint.ts';
import { deleteVariable } from './delete-variable.ts';
import { denyPrompt } from './deny-prompt.ts';
import { editVariable } from './edit-variable.ts';
import { exportCheckpoint } from './export-checkpoint.ts';
import { exportNotebook } from './export-notebook.ts';
import { filterNamespace } from './filter-namespace.ts';
import { forgetSteps } from './forget-steps.ts';
import { goToNextCell } from './go-to-next-cell.ts';
import { goToPreviousCell } from './go-to-previous-cell.ts';
import { goToPrompt } from './go-to-prompt.ts';
import { importCheckpoint } from './import-checkpoint.ts';
import { importNotebook } from './import-notebook.ts';
import { insertCellBelow } from './insert-cell-below.ts';
import { interruptSession } from './interrupt-session.ts';
import { keepAgain } from './keep-again.ts';
import { killSession } from './kill-session.ts';
import { namespaceHiding } from './namespace-hiding.ts';
import { newSession } from './new-session.ts';
import { newSessionElsewhere } from './new-session-elsewhere.ts';
import { openAuditLog } from './open-audit-log.ts';
import { openDataGrid } from './open-data-grid.ts';
import { openInteractiveWindow } from './open-interactive-window.ts';
import { openOutput } from './open-output.ts';
import { openResultsInEditor } from './open-results-in-editor.ts';
import { openSample } from './open-sample.ts';
import { openWalkthrough } from './open-walkthrough.ts';
import { pinVariable } from './pin-variable.ts';
import { renameCheckpoint } from './rename-checkpoint.ts';
import { renameSession } from './rename-session.ts';
import { renameVariable } from './rename-variable.ts';
import { rerun } from './rerun.ts';
import { restartNotebook } from './restart-notebook.ts';
import { restartSession } from './restart-session.ts';
import { restoreCheckpoint } from './restore-checkpoint.ts';
import { revealDefinition } from './reveal-definition.ts';
import { revokeGrant } from './revoke-grant.ts';
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
import { saveCheckpoint } from './save-checkpoint.ts';
import { saveResult } from './save-result.ts';
import { selectCell } from './select-cell.ts';
import { selectInterpreter } from './select-interpreter.ts';
import { selectSession } from './select-session.ts';
import { setDurableStorage } from './set-durable-storage.ts';
import { setMachinesToken } from './set-machines-token.ts';
import { showCheckpoint } from './show-checkpoint.ts';
import { showLog } from './show-log.ts';
import { showMenu } from './show-menu.ts';
import { showMoreVariables } from './show-more-variables.ts';
import { showResults } from './show-results.ts';
import { sortNamespace } from './sort-namespace.ts';
import { undoCell } from './undo-cell.ts';
import { unpinVariable } from './unpin-variable.ts';

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
  newSessionElsewhere,
  selectSession,
  clearQueue,
  runNext,
  cancelTask,
  undoCell,
  saveCheckpoint,
  restoreCheckpoint,
  showCheckpoint,
  renameCheckpoint,
  deleteCheckpoint,
  exportCheckpoint,
  importCheckpoint,
  forgetSteps,
  keepAgain,
  selectInterpreter,
  answerPrompt,
  allowPrompt,
  denyPrompt,
  goToPrompt,
  revokeGrant,
  changeLevel,
  openAuditLog,
  setDurableStorage,
  setMachinesToken,
  showResults,
  openResultsInEditor,
  clearResults,
  rerun,
  openOutput,
  openDataGrid,
  saveResult,
  clearInlineResults,
  copyValue,
  filterNamespace,
  clearNamespaceFilter,
  sortNamespace,
  ...namespaceHiding,
  showMoreVariables,
  editVariable,
  renameVariable,
  deleteVariable,
  pinVariable,
  unpinVariable,
  revealDefinition,
  copyVariableName,
  copyVariableValue,
  copyVariableJson,
  copyVariableCsv,
  openInteractiveWindow,
  restartNotebook,
  exportNotebook,
  importNotebook,
  showMenu,
  showLog,
  openWalkthrough,
  openSample,
  chooseShiftEnter,
];
