import * as vscode from 'vscode';
import * as z from 'zod';
import { CellId, type KeptStep, StepId } from '../../backend/protocol/client/index.ts';
import type { KeptCell, KeptSteps } from '../client/kept-steps.ts';
import { NothingToDo } from '../platform/user-error.ts';
import { cellName, cellSummary, placeOf, stepDetails, stepName, stepSummary, stepsWord } from '../views/steps/words.ts';
import { command } from './command.ts';

/** Names a finished step, or all of a cell; rows of the Sessions & Tasks view have these shapes too. */
const StepsArgument = z.union([z.object({ stepId: StepId }), z.object({ cellId: CellId })]);
type StepsArgument = z.infer<typeof StepsArgument>;

/** Forgets finished steps, so that they run again: those that are named, else the ones picked. */
export const forgetSteps = command({
  id: 'holdfast.forgetSteps',
  argument: StepsArgument.optional().catch(undefined),
  async run({ keptSteps }, argument) {
    const { t } = vscode.l10n;
    const steps = argument ? named(keptSteps, argument) : await pick(keptSteps);
    const [first] = steps;
    if (!first) throw new NothingToDo(t('These steps are not kept any more.'));
    const question =
      steps.length === 1 ? t('Forget the step “{0}”?', stepName(first)) : t('Forget {0}?', stepsWord(steps.length));
    const detail = [
      ...(steps.length === 1 ? stepDetails(first) : []),
      t('What is forgotten runs again when its cell comes to it. What it did before is not undone.'),
    ].join('\n');
    const forget = t('Forget');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, forget)) !== forget) return;
    await keptSteps.forget({ stepIds: steps.map(({ stepId }) => stepId), cellId: null });
  },
});

function named(keptSteps: KeptSteps, argument: StepsArgument): readonly KeptStep[] {
  const all = keptSteps.cells().flatMap(({ steps }) => steps);
  return all.filter((step) =>
    'stepId' in argument ? step.stepId === argument.stepId : step.cellId === argument.cellId,
  );
}

async function pick(keptSteps: KeptSteps): Promise<readonly KeptStep[]> {
  const { t } = vscode.l10n;
  const cells = await keptSteps.list();
  if (cells.length === 0) throw new NothingToDo(t('No steps are kept.'));
  const picked = await vscode.window.showQuickPick(cells.flatMap(choices), {
    title: t('Forget which steps?'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked || picked.length === 0) throw new vscode.CancellationError();
  return picked.flatMap((choice) => choice.steps);
}

/** All of a cell, or one by one. */
function choices(cell: KeptCell) {
  const { Separator } = vscode.QuickPickItemKind;
  const separator = { label: placeOf(cell), kind: Separator, steps: [] as readonly KeptStep[] };
  const each = cell.steps.map((step) => ({ label: stepName(step), description: stepSummary(step), steps: [step] }));
  if (each.length === 1) return [separator, ...each];
  return [separator, { label: cellName(cell), description: cellSummary(cell), steps: cell.steps }, ...each];
}
