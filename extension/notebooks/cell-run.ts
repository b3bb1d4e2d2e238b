import * as vscode from 'vscode';
import { unreachable } from '../../backend/protocol/unreachable.ts';
import type { Dialect } from '../../backend/protocol/values.ts';
import type { Cell } from '../cells/cell.ts';
import { type Execution, hasEnded, type Phase } from '../client/execution.ts';
import type { Executions } from '../client/executions.ts';
import type { Runner } from '../client/runner.ts';
import type { InlineResults } from '../inline/inline-results.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { requireTrust, whenAccepted } from '../run.ts';
import { CellOutputs } from './cell-outputs.ts';
import { cellSource } from './cell-source.ts';
import { type ErrorOutput, errorOf, errorOutput, valueOutput } from './output-items.ts';

type Ended = Exclude<Phase, { status: 'queued' | 'running' | 'background' }>;

export interface CellRunOptions {
  readonly task: vscode.NotebookCellExecution;
  readonly dialect: Dialect;
  readonly executions: Executions;
  readonly runner: Runner;
  /** Underlines the errors. */
  readonly inline: InlineResults;
  /** From here on the run is to be told of its execution's changes and output. */
  handedOver(execution: Execution): void;
  /** The number to show beside the cell, asked for when it starts. */
  order(execution: Execution): number;
  /** Where in the notebook an error was raised. */
  placeOf(execution: Execution): ErrorOutput['place'];
  log(message: string): void;
}

/** One run of a notebook's cell, from the click to the last output. */
export class CellRun {
  readonly task: vscode.NotebookCellExecution;
  readonly dialect: Dialect;
  /** Settles when the cell rests again: whether the code behind it may run. Never rejects. */
  readonly ended: Promise<boolean>;
  readonly #options: CellRunOptions;
  readonly #store = new DisposableStore();
  #settle: (succeeded: boolean) => void = () => {};
  #execution: Execution | undefined;
  #outputs: CellOutputs | undefined;
  #over = false;
  #abandoned = false;

  constructor(options: CellRunOptions) {
    this.#options = options;
    this.task = options.task;
    this.dialect = options.dialect;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#store.add(this.task.token.onCancellationRequested(() => void this.cancel()));
  }

  /** Settles when the backend has taken it. @throws UserError, HoldfastError; the cell has ended then */
  async submit(batch: string | null): Promise<void> {
    if (this.#over) return;
    const { runner, inline, handedOver, dialect, task } = this.#options;
    try {
      const code = task.cell.document.getText();
      if (code.trim() === '') return await this.#restEmpty();
      requireTrust();
      const { document } = task.cell;
      const cell: Cell = { document, dialect, source: cellSource(task.cell), code, range: wholeRange(document) };
      const { execution, accepted } = runner.run({ ...cell, batch });
      this.#execution = execution;
      handedOver(execution);
      inline.show(cell, execution);
      await whenAccepted(accepted, cell);
    } catch (error) {
      if (!this.#outputs && !this.#over) task.start();
      const { name, message } = error as Error;
      const refused = { name, message, traceback: message, place: null };
      await this.#end(false, [errorOutput(refused, task.cell.notebook)]);
      throw error;
    }
  }

  /** Goes on with an execution that an earlier window has asked for. */
  goOn(execution: Execution): void {
    const { inline, handedOver, dialect, task } = this.#options;
    this.#execution = execution;
    handedOver(execution);
    const { document } = task.cell;
    inline.show({ document, dialect, source: cellSource(task.cell), code: '', range: wholeRange(document) }, execution);
    this.changed(execution);
  }

  /** Climbs the cancel ladder; a cell that has not been handed over just rests again. */
  async cancel(): Promise<void> {
    try {
      if (this.#execution) await this.#options.runner.cancel(this.#execution.id);
      else await this.#end(undefined, []);
    } catch (error) {
      this.#options.log(`Cancelling a cell failed: ${(error as Error).message}`);
    }
  }

  /** What runs in the session goes on without its cell. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Its notebook has closed. What runs in the session goes on. */
  abandon(): void {
    this.#abandoned = true;
    this.#outputs?.dispose();
    void this.#end(undefined, []);
  }

  /** The person has cleared the outputs. */
  cleared(): void {
    this.#outputs?.cleared();
  }

  /** More was printed. */
  printed(): void {
    this.#outputs?.update();
  }

  /** Its execution is in another phase, or something was displayed. */
  changed(execution: Execution): void {
    const { phase } = execution;
    if (phase.status === 'running') {
      this.#start(phase.since);
      // Displays tell themselves as changes too.
      this.#outputs?.update();
    }
    if (!hasEnded(execution) || phase.status === 'background') return;
    const ended = phase as Ended;
    if (ended.status === 'cancelled' && ended.rung === 'queued') {
      void this.#end(undefined, []);
      return;
    }
    this.#start();
    void this.#end(ended.status === 'succeeded', this.#results(execution, ended));
  }

  #start(since?: number): void {
    if (this.#outputs || this.#over) return;
    const { task, executions, order, log } = this.#options;
    task.start(since);
    if (!this.#execution) return;
    task.executionOrder = order(this.#execution);
    this.#outputs = new CellOutputs({ task, execution: this.#execution, displays: executions.displays, log });
    this.#outputs.begin();
  }

  #results(execution: Execution, phase: Ended): vscode.NotebookCellOutput[] {
    const { notebook } = this.task.cell;
    const { t } = vscode.l10n;
    const place = this.#options.placeOf(execution);
    switch (phase.status) {
      case 'succeeded': {
        const forms = this.#options.executions.displays.of(execution.id).find(({ at }) => at === null)?.forms;
        if (forms) return [valueOutput(forms, this.task.executionOrder ?? 0)];
        if (execution.value === null) return [];
        const plain = { mime: 'text/plain', data: new TextEncoder().encode(execution.value) };
        return [valueOutput([plain], this.task.executionOrder ?? 0)];
      }
      case 'failed':
        return [errorOutput(errorOf(phase.error, place), notebook)];
      case 'cancelled': {
        const { error, lost, rung } = phase;
        const message =
          rung === 'kill'
            ? t('The code did not stop, so its process was ended. {0} variables went with it.', lost.length)
            : '';
        if (error && rung !== 'kill') return [errorOutput(errorOf(error, place), notebook)];
        return [errorOutput({ name: t('Cancelled'), message, traceback: null, place: null }, notebook)];
      }
      case 'lost': {
        const message = [phase.reason, phase.stderrTail].filter((text) => text !== '').join('\n');
        return [errorOutput({ name: t('Lost'), message, traceback: null, place: null }, notebook)];
      }
      default:
        return unreachable(phase);
    }
  }

  async #restEmpty(): Promise<void> {
    this.task.start();
    await this.task.clearOutput();
    await this.#end(undefined, [], true);
  }

  async #end(
    success: boolean | undefined,
    results: readonly vscode.NotebookCellOutput[],
    goOn = success === true,
  ): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#store.dispose();
    try {
      if (this.#outputs) await this.#outputs.finish(results);
      else if (results.length > 0) await this.task.replaceOutput([...results]);
      this.task.end(success, Date.now());
    } catch (error) {
      this.#options.log(`A cell could not be ended in its notebook: ${(error as Error).message}`);
    }
    this.#outputs?.dispose();
    this.#settle(goOn);
  }
}

function wholeRange(document: vscode.TextDocument): vscode.Range {
  const last = document.lineCount - 1;
  return new vscode.Range(0, 0, last, document.lineAt(last).text.length);
}
