import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { dialectNamed, languageOfDialect } from '../../backend/workers/index.ts';
import { type Execution, hasEnded } from '../client/execution.ts';
import type { Executions } from '../client/executions.ts';
import type { Runner } from '../client/runner.ts';
import type { Sessions } from '../client/sessions.ts';
import type { InlineResults } from '../inline/inline-results.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { cellOfRun } from './cell-of-run.ts';
import { CellRun } from './cell-run.ts';
import { ExecutionOrders } from './execution-orders.ts';
import { KERNELS, type Kernel } from './kernels.ts';
import type { ErrorOutput } from './output-items.ts';
import type { RunMemory } from './run-memory.ts';

export interface NotebooksOptions {
  readonly executions: Executions;
  readonly runner: Runner;
  readonly sessions: Sessions;
  readonly inline: InlineResults;
  readonly memory: RunMemory;
  /** Tells the person why a cell could not be run. */
  failed(error: unknown): void;
  log(message: string): void;
}

/** Runs the cells of notebooks in the sessions that the editor uses. */
export class Notebooks implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #options: NotebooksOptions;
  /** The runs that have not ended, by the URI of their cell's document: VS Code allows one for each cell. */
  readonly #runs = new Map<string, CellRun>();
  /** The same by the ids of their executions. */
  readonly #byExecution = new Map<string, CellRun>();
  readonly #orders: ExecutionOrders;
  /** The kernel that each notebook has chosen, of ours. */
  readonly #chosen = new WeakMap<vscode.NotebookDocument, vscode.NotebookController>();
  /** Whose kernel is not for us to choose: we did so already, or the person chose another one. */
  readonly #settled = new WeakSet<vscode.NotebookDocument>();
  #disposed = false;
  /** The number beside the cell that a name in a traceback stood for last. */
  readonly #named = new WeakMap<vscode.NotebookDocument, Map<string, number>>();

  constructor(options: NotebooksOptions) {
    this.#options = options;
    // Not the process id: the session's state comes a moment later than its events.
    this.#orders = new ExecutionOrders((sessionId) => options.sessions.workerOf(sessionId));
    for (const kernel of KERNELS) this.#register(kernel);
    const { executions } = options;
    this.#store.add(executions.onChanged((execution) => this.#changed(execution)));
    this.#store.add(executions.onOutput(({ id }) => this.#byExecution.get(id)?.printed()));
    const { workspace } = vscode;
    this.#store.add(vscode.window.onDidChangeVisibleNotebookEditors(() => this.#goOnAll()));
    this.#store.add(workspace.onDidCloseNotebookDocument((notebook) => this.#closed(notebook)));
    this.#store.add(workspace.onDidChangeNotebookDocument(({ cellChanges }) => this.#cleared(cellChanges)));
  }

  dispose(): void {
    this.#disposed = true;
    for (const run of this.#runs.values()) run.abandon();
    this.#store.dispose();
  }

  #register({ id, notebookType, dialects }: Kernel): void {
    const controller = this.#store.add(vscode.notebooks.createNotebookController(id, notebookType, 'Holdfast'));
    controller.supportedLanguages = [...dialects];
    controller.supportsExecutionOrder = true;
    controller.description = [...new Set(dialects.map((dialect) => languageOfDialect(dialect).label))].join(', ');
    controller.detail = vscode.l10n.t('Runs in the same sessions as your files. Nothing needs to be installed.');
    controller.executeHandler = (cells, _, kernel) => this.#run(cells, kernel);
    // With a handler VS Code cancels no single cell any more, which notebooks can do and the interactive window does not offer.
    if (notebookType === 'interactive') controller.interruptHandler = (notebook) => this.#interrupt(notebook);
    this.#store.add(
      controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
        if (!selected && this.#chosen.get(notebook) !== controller) return;
        this.#settled.add(notebook);
        if (selected) this.#chosen.set(notebook, controller);
        else this.#chosen.delete(notebook);
        if (selected) this.#goOn(notebook);
      }),
    );
  }

  #changed(execution: Execution): void {
    const run = this.#byExecution.get(execution.id);
    if (run) run.changed(execution);
    else if (this.#options.memory.has(execution.id)) this.#goOnAll();
  }

  #goOnAll(): void {
    if (this.#disposed) return;
    for (const notebook of vscode.workspace.notebookDocuments) this.#goOn(notebook);
  }

  /** Shows the runs that an earlier window has begun in their cells, as soon as their kernel is chosen and their executions are known. */
  #goOn(notebook: vscode.NotebookDocument): void {
    const controller = this.#chosen.get(notebook);
    if (!controller) {
      this.#choose(notebook).catch(this.#options.failed);
      return;
    }
    for (const [executionId, place] of this.#options.memory.of(notebook.uri.toString())) {
      const execution = this.#options.executions.get(executionId);
      if (!execution || this.#byExecution.has(executionId)) continue;
      const cell = cellOfRun(notebook, place, execution.code);
      const run = cell && this.#begin(cell, controller);
      if (run) run.goOn(execution);
      // Its cell was deleted, or runs again by now.
      else this.#options.memory.remove(executionId);
    }
  }

  /** A kernel of ours runs its cells: VS Code may have forgotten that, when the window was closed soon after it was chosen. */
  async #choose(notebook: vscode.NotebookDocument): Promise<void> {
    if (this.#settled.has(notebook)) return;
    const { memory, executions } = this.#options;
    const runs = memory.of(notebook.uri.toString()).some(([id]) => {
      const execution = executions.get(id);
      return execution !== undefined && !hasEnded(execution);
    });
    const notebookEditor = vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
    const kernel = KERNELS.find(({ notebookType }) => notebookType === notebook.notebookType);
    // An interactive window has no file, and does not come back.
    if (!runs || !notebookEditor || kernel?.notebookType !== 'jupyter-notebook') return;
    this.#settled.add(notebook);
    const choice = { notebookEditor, id: kernel.id, extension: 'holdfast.holdfast' };
    await vscode.commands.executeCommand('notebook.selectKernel', choice);
  }

  /** Ends what runs for a notebook and what waits, that first: else it would start in the moment between. */
  async #interrupt(notebook: vscode.NotebookDocument): Promise<void> {
    const own = [...this.#runs.values()].filter(({ task }) => task.cell.notebook === notebook);
    await Promise.all(own.reverse().map((run) => run.cancel()));
  }

  /** Cells of one language run as a batch; those of another one wait until it has ended, so that the order is that of the notebook. */
  async #run(cells: readonly vscode.NotebookCell[], controller: vscode.NotebookController): Promise<void> {
    const runs = cells.flatMap((cell) => this.#begin(cell, controller) ?? []);
    const batch = runs.length > 1 ? randomUUID() : null;
    let goOn = true;
    for (const group of consecutive(runs, ({ dialect }) => languageOfDialect(dialect).id)) {
      if (goOn) goOn = await this.#runGroup(group, batch);
      else for (const run of group) await run.cancel();
    }
  }

  /** @returns whether all of them succeeded. */
  async #runGroup(runs: readonly CellRun[], batch: string | null): Promise<boolean> {
    const submitted = await Promise.allSettled(runs.map((run) => run.submit(batch)));
    const refused = submitted.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    // For all of them for the same reason: it is told once.
    if (refused) this.#options.failed(refused.reason);
    const ended = await Promise.all(runs.map(({ ended }) => ended));
    return ended.every((succeeded) => succeeded);
  }

  #begin(cell: vscode.NotebookCell, controller: vscode.NotebookController): CellRun | undefined {
    const key = cell.document.uri.toString();
    const dialect = dialectNamed(cell.document.languageId);
    if (!dialect || this.#runs.has(key)) return undefined;
    const { executions, runner, inline, memory, log } = this.#options;
    const run: CellRun = new CellRun({
      task: controller.createNotebookCellExecution(cell),
      dialect,
      executions,
      runner,
      inline,
      handedOver: ({ id }) => {
        this.#byExecution.set(id, run);
        memory.add(id, { notebook: cell.notebook.uri.toString(), index: cell.index });
        void run.ended.then(() => {
          this.#byExecution.delete(id);
          if (!run.abandoned) memory.remove(id);
          // It goes on in its cell when the notebook opens again, which it may have done while this run ended.
          else this.#goOnAll();
        });
      },
      order: (execution) => this.#started(cell, execution),
      placeOf: (execution) => this.#placeOf(cell.notebook, execution),
      log,
    });
    this.#runs.set(key, run);
    void run.ended.then(() => this.#runs.delete(key));
    return run;
  }

  #started({ notebook }: vscode.NotebookCell, { sessionId, source, at }: Execution): number {
    const session = this.#options.sessions.get(sessionId ?? '');
    // One that was made for this run knows nothing of what the saved numbers tell of.
    const isNew = session !== undefined && session.createdAt >= at;
    const order = this.#orders.next(notebook, sessionId ?? '', isNew);
    const named = this.#named.get(notebook) ?? new Map<string, number>();
    if (source) this.#named.set(notebook, named.set(source.name, order));
    return order;
  }

  /** The innermost frame that is in a cell of the notebook. */
  #placeOf(notebook: vscode.NotebookDocument, { phase }: Execution): ErrorOutput['place'] {
    const error = phase.status === 'failed' || phase.status === 'cancelled' ? phase.error : null;
    for (const { file, line } of [...(error?.frames ?? [])].reverse()) {
      const order = this.#named.get(notebook)?.get(file);
      if (order !== undefined) return { order, line };
    }
    return null;
  }

  #closed(notebook: vscode.NotebookDocument): void {
    for (const run of this.#runs.values()) if (run.task.cell.notebook === notebook) run.abandon();
  }

  #cleared(changes: readonly vscode.NotebookDocumentCellChange[]): void {
    for (const { cell, outputs } of changes) {
      if (outputs?.length !== 0) continue;
      const run = this.#runs.get(cell.document.uri.toString());
      if (run) run.cleared();
      else this.#options.inline.clear(cell.document.uri);
    }
  }
}

function consecutive<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups: T[][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && key(group[0]) === key(item)) group.push(item);
    else groups.push([item]);
  }
  return groups;
}
