import * as vscode from 'vscode';
import type { Display } from '../client/displays.ts';
import type { Execution } from '../client/execution.ts';
import type { Executions } from '../client/executions.ts';
import { Throttle } from '../platform/throttle.ts';
import { streamItem, valueOutput } from './output-items.ts';
import { layout, type Piece } from './output-layout.ts';

/** How often a cell's outputs are brought up to date: a flood costs no more than this. */
const WRITE_MS = 100;
/** The same when text has been cut, since all outputs are then replaced. */
const REWRITE_MS = 1_000;
/** Displays of one cell and their bytes. A cell that shows more says so. */
const MAX_DISPLAYS = 500;
const MAX_DISPLAY_BYTES = 64 * 1024 * 1024;

interface Shown {
  readonly at: number;
  readonly output: vscode.NotebookCellOutput;
}
type Stream = Extract<Piece<Shown>, { kind: 'text' }>['stream'];

export interface CellOutputsOptions {
  /** Has been started. */
  readonly task: vscode.NotebookCellExecution;
  readonly execution: Execution;
  readonly displays: Executions['displays'];
  log(message: string): void;
}

/** Writes what an execution prints and shows below its cell: what is new is appended, in batches, one after the other. */
export class CellOutputs implements vscode.Disposable {
  readonly #options: CellOutputsOptions;
  readonly #throttle = new Throttle(WRITE_MS, () => this.#write());
  readonly #rewriteThrottle = new Throttle(REWRITE_MS, () => this.#write());
  /** What the program has displayed since the outputs were cleared. */
  #shown: Shown[] = [];
  #shownBytes = 0;
  #leftOut = 0;
  /** Key of the newest display that was taken over. */
  #lastKey = 0;
  /** Characters up to which everything has been written, and to which the person cleared it away. */
  #written = 0;
  #cleared = 0;
  /** How many of `#shown` have been written. */
  #shownWritten = 0;
  /** The output at the end when it is text: more of the same stream goes into it. */
  #last: { stream: Stream; output: vscode.NotebookCellOutput } | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** The clearing of `begin` is under way. */
  #beginning = false;
  #busy = false;
  #again = false;
  #closed = false;

  constructor(options: CellOutputsOptions) {
    this.#options = options;
  }

  /** Takes away what an earlier run has left. */
  begin(): void {
    this.#beginning = true;
    // Not awaited: VS Code takes a task's calls in their order.
    void this.#attempt(() => this.#task.clearOutput()).finally(() => {
      this.#beginning = false;
    });
  }

  /** There is more to show. */
  update(): void {
    this.#takeDisplays();
    (this.#options.execution.output.cut > 0 ? this.#rewriteThrottle : this.#throttle).request();
  }

  /** The person has cleared the outputs: what comes from now on is shown. */
  cleared(): void {
    if (this.#beginning) return;
    this.#cleared = this.#written;
    this.#shown = this.#shown.slice(this.#shownWritten);
    this.#shownWritten = 0;
    this.#last = undefined;
  }

  /** Writes the rest, and what the execution came to. Settles when VS Code has it. */
  async finish(results: readonly vscode.NotebookCellOutput[]): Promise<void> {
    this.#takeDisplays();
    this.#throttle.dispose();
    this.#rewriteThrottle.dispose();
    this.#write();
    while (this.#busy) await this.#writing;
    const said = this.#leftOut > 0 ? [this.#sayLeftOut()] : [];
    if (said.length + results.length > 0) await this.#attempt(() => this.#task.appendOutput([...said, ...results]));
  }

  dispose(): void {
    this.#closed = true;
    this.#throttle.dispose();
    this.#rewriteThrottle.dispose();
  }

  get #task(): vscode.NotebookCellExecution {
    return this.#options.task;
  }

  #takeDisplays(): void {
    const { displays, execution } = this.#options;
    for (const display of displays.of(execution.id)) {
      if (display.key <= this.#lastKey || display.at === null) continue;
      this.#lastKey = display.key;
      this.#take(display, display.at);
    }
  }

  #take({ forms }: Display, at: number): void {
    const bytes = forms.reduce((sum, { data }) => sum + data.byteLength, 0);
    if (this.#shown.length >= MAX_DISPLAYS || this.#shownBytes + bytes > MAX_DISPLAY_BYTES) {
      this.#leftOut++;
      return;
    }
    this.#shownBytes += bytes;
    this.#shown.push({ at, output: valueOutput(forms, null) });
  }

  /** One write at a time: what comes meanwhile is written together after it. */
  #write(): void {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    this.#writing = this.#writeAll().finally(() => {
      this.#busy = false;
    });
  }

  async #writeAll(): Promise<void> {
    do {
      this.#again = false;
      await this.#attempt(() => (this.#options.execution.output.cut > 0 ? this.#rewrite() : this.#append()));
    } while (this.#again && !this.#closed);
  }

  async #append(): Promise<void> {
    const { output } = this.#options.execution;
    const pieces = layout(output.kept(), this.#shown.slice(this.#shownWritten), this.#written);
    this.#written = output.total;
    this.#shownWritten = this.#shown.length;
    for (const piece of pieces) {
      if (piece.kind === 'text' && this.#last?.stream === piece.stream) {
        await this.#task.appendOutputItems(streamItem(piece.stream, piece.text), this.#last.output);
      } else {
        const [made] = this.#outputsOf([piece]);
        if (made) await this.#task.appendOutput(made);
      }
    }
  }

  async #rewrite(): Promise<void> {
    const { output } = this.#options.execution;
    this.#written = output.total;
    this.#shownWritten = this.#shown.length;
    await this.#task.replaceOutput(this.#outputsOf(layout(output.kept(), this.#shown, this.#cleared)));
  }

  #outputsOf(pieces: readonly Piece<Shown>[]): vscode.NotebookCellOutput[] {
    return pieces.map((piece) => {
      this.#last = undefined;
      if (piece.kind === 'shown') return piece.shown.output;
      const said = piece.kind === 'cut' ? vscode.l10n.t('… {0} characters cut …', piece.characters) : '';
      const stream = piece.kind === 'cut' ? 'stderr' : piece.stream;
      const output = new vscode.NotebookCellOutput([
        streamItem(stream, piece.kind === 'cut' ? `\n${said}\n` : piece.text),
      ]);
      if (piece.kind === 'text') this.#last = { stream, output };
      return output;
    });
  }

  #sayLeftOut(): vscode.NotebookCellOutput {
    const text = vscode.l10n.t('{0} more were displayed than a notebook keeps for one cell.', this.#leftOut);
    return new vscode.NotebookCellOutput([streamItem('stderr', `${text}\n`)]);
  }

  /** VS Code refuses to write for a cell that was deleted, or a notebook that was closed, meanwhile. */
  async #attempt(write: () => Thenable<void>): Promise<void> {
    if (this.#closed) return;
    try {
      await write();
    } catch (error) {
      this.dispose();
      this.#options.log(`The outputs of a cell are not written any more: ${(error as Error).message}`);
    }
  }
}
