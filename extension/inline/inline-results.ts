import * as vscode from 'vscode';
import type { Cell } from '../cells/cell.ts';
import { type Execution, hasEnded, type Phase } from '../client/execution.ts';
import type { Executions } from '../client/executions.ts';
import { NOTEBOOK_CELL } from '../notebooks/cell-source.ts';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { onSettingChanged, setting } from '../platform/settings.ts';
import { EagerThrottle, Throttle } from '../platform/throttle.ts';
import { columnsOf, room } from './columns.ts';
import { decoration } from './decoration.ts';
import { ErrorMarks } from './error-marks.ts';
import type { Span } from './follow.ts';
import { HeardCode } from './heard-code.ts';
import { hoverText } from './hover-text.ts';
import { byLine, type InlineResult, looksSame } from './inline-result.ts';
import { checkmark, inlineText } from './inline-text.ts';
import type { MarkerMemory } from './marker-memory.ts';
import { type KeptMarker, type Marker, Markers, type Text } from './markers.ts';
import { inlineMode } from './mode.ts';
import { spinner } from './spinner.ts';

const RENDER_MS = 50;
/** An answer shows at once; of many in a row one picture in this time. */
const ENDED_MS = 16;
/** Results that share a line beside each other; older ones make room. */
const MAX_ON_LINE = 3;
const KEEP_MS = 100;

/** Shows what executions came to at the ends of the lines that were run, and underlines what failed. */
export class InlineResults implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #executions: Executions;
  readonly #memory: MarkerMemory;
  /** When the newest execution was asked for that the window before this one knew. */
  readonly #knownUntil: number;
  readonly #markers = new Markers();
  readonly #errors = this.#store.add(new ErrorMarks());
  /** One type for every result: VS Code makes a style sheet rule for each type, and keeps it. */
  readonly #type = this.#store.add(
    vscode.window.createTextEditorDecorationType({ rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed }),
  );
  readonly #render = this.#store.add(new Throttle(RENDER_MS, () => this.#draw()));
  readonly #keep = this.#store.add(new Throttle(KEEP_MS, () => this.#remember()));
  readonly #ended = this.#store.add(new EagerThrottle(ENDED_MS, () => this.#redraw()));
  readonly #rendered = this.#store.add(new vscode.EventEmitter<void>());
  /** What each editor shows. */
  readonly #shown = new WeakMap<vscode.TextEditor, readonly InlineResult[]>();
  readonly #hovers = new WeakMap<Phase, { readonly stale: boolean; readonly text: string }>();
  readonly #heard = new HeardCode();
  /** Of an earlier window, until their documents are open. */
  #earlier: readonly KeptMarker[] | undefined;
  #ticking: NodeJS.Timeout | undefined;

  readonly onRendered = this.#rendered.event;

  constructor(executions: Executions, memory: MarkerMemory) {
    this.#executions = executions;
    this.#memory = memory;
    const { workspace, window } = vscode;
    this.#store.add(executions.onChanged((it) => (hasEnded(it) ? this.#ended : this.#render).request()));
    this.#store.add(executions.onHeard((it) => this.#hear(it)));
    this.#store.add(executions.onRemoved((ids) => this.#forget(new Set(ids))));
    this.#store.add(workspace.onDidChangeTextDocument((event) => this.#edited(event)));
    this.#store.add(workspace.onDidCloseTextDocument(({ uri }) => this.clear(uri)));
    this.#store.add(workspace.onDidOpenTextDocument((document) => this.#opened(document)));
    this.#store.add(window.onDidChangeVisibleTextEditors(() => this.#draw()));
    this.#store.add(window.onDidChangeActiveTextEditor(() => this.#updateContext()));
    this.#store.add(onSettingChanged('inlineResults', () => this.#draw()));
    const { markers, until } = memory.earlier();
    this.#knownUntil = until;
    this.#bringBack(markers);
  }

  /** Ties an execution to its code. It takes the place of what the same code showed before. */
  show({ document, range }: Cell, execution: Execution): void {
    this.#markers.add(document.uri.toString(), execution.id, range, document.getText(range));
    this.#redraw();
  }

  clear(uri: vscode.Uri): void {
    this.#earlier = this.#earlier?.filter(({ document }) => document !== uri.toString());
    this.#markers.clear(uri.toString());
    this.#redraw();
  }

  /** The line of an execution shows nothing any more: it was taken back. */
  remove(executionId: string): void {
    this.#forget(new Set([executionId]));
  }

  /** What an editor of the document shows now, from top to bottom. */
  of(uri: vscode.Uri): readonly InlineResult[] {
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    return (editor && this.#shown.get(editor)) ?? [];
  }

  /** The document and range of an execution's code, while the document is open. */
  locate(executionId: string): vscode.Location | undefined {
    const found = this.#markers.locate(executionId);
    return found && new vscode.Location(vscode.Uri.parse(found.document), rangeOf(found.span));
  }

  /** Where a line of an execution's code stands now, while its document is open. @param line counts from 0, as it was when it ran */
  lineNow(executionId: string, line: number): { readonly uri: vscode.Uri; readonly line: number } | undefined {
    const found = this.#markers.locate(executionId);
    if (!found) return undefined;
    const { document, span, ran } = found;
    return { uri: vscode.Uri.parse(document), line: Math.max(0, line + span.start.line - ran.start.line) };
  }

  dispose(): void {
    clearInterval(this.#ticking);
    this.#remember();
    this.#store.dispose();
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    const name = document.uri.toString();
    if (this.#markers.of(name).length > 0) {
      this.#markers.edit(name, contentChanges, textOf(document));
      // VS Code has moved what it shows by rules of its own.
      for (const editor of vscode.window.visibleTextEditors)
        if (editor.document === document) this.#shown.delete(editor);
      this.#redraw();
    }
    this.#findHeard(document);
  }

  #opened(document: vscode.TextDocument): void {
    this.#putBack(document);
    this.#findHeard(document);
  }

  /** Another window has run code, or the command line. What an earlier window knew is in its memory, as far as it is to be seen. */
  #hear(execution: Execution): void {
    if (execution.at <= this.#knownUntil || !this.#heard.add(execution)) return;
    for (const document of vscode.workspace.textDocuments) this.#findHeard(document);
  }

  /** Shows what other windows have run where the document has its code. */
  #findHeard(document: vscode.TextDocument): void {
    const found = this.#heard.takeFrom(document);
    for (const { executionId, range } of found) {
      this.#markers.add(document.uri.toString(), executionId, range, document.getText(range));
    }
    if (found.length > 0) this.#redraw();
  }

  #bringBack(earlier: readonly KeptMarker[]): void {
    this.#earlier = earlier;
    for (const document of vscode.workspace.textDocuments) this.#putBack(document);
  }

  /** What an earlier window has shown in a document shows again as soon as its executions are known. */
  #putBack(document: vscode.TextDocument): void {
    const name = document.uri.toString();
    const earlier = this.#earlier ?? [];
    const own = earlier.filter((it) => it.document === name);
    if (own.length === 0) return;
    this.#earlier = earlier.filter((it) => it.document !== name);
    this.#markers.putBack(name, own, textOf(document));
    this.#redraw();
  }

  /** Notebooks have their own results, and their cells other names in each window. */
  #remember(): void {
    // What is not known yet is not written over.
    if (!this.#earlier) return;
    const all = [...this.#earlier, ...this.#markers.kept()];
    const markers = all.filter(({ document }) => !document.startsWith(NOTEBOOK_CELL));
    const until = this.#executions.all().reduce((newest, { at }) => Math.max(newest, at), this.#knownUntil);
    this.#memory.keep({ markers, until });
  }

  #forget(ids: ReadonlySet<string>): void {
    this.#heard.forget(ids);
    this.#markers.forget(ids);
    this.#redraw();
  }

  #redraw(): void {
    this.#errors.update(this.#markers, this.#executions);
    this.#keep.request();
    this.#draw();
  }

  #draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const results = this.#resultsOf(editor);
      if (looksSame(results, this.#shown.get(editor) ?? [])) continue;
      this.#shown.set(editor, results);
      editor.setDecorations(
        this.#type,
        byLine(results).map((line) => decoration(editor.document, line)),
      );
    }
    this.#updateContext();
    this.#tickWhileRunning();
    this.#rendered.fire();
  }

  #resultsOf({ document, options }: vscode.TextEditor): InlineResult[] {
    const mode = inlineMode(setting('inlineResults.mode'));
    // A notebook shows results below its cells; here it only has its errors underlined.
    if (mode === 'panel' || document.uri.scheme === NOTEBOOK_CELL) return [];
    const maxLength = setting('inlineResults.maxLength');
    const tabSize = typeof options.tabSize === 'number' ? options.tabSize : 4;
    const known = this.#markers.of(document.uri.toString()).filter((it) => this.#executions.get(it.executionId));
    return linesOf(known).flatMap((markers) => {
      const line = markers[0]?.span.end.line ?? 0;
      const text = document.lineAt(Math.min(line, document.lineCount - 1)).text;
      const each = Math.floor(room(maxLength, columnsOf(text, tabSize)) / markers.length);
      return markers.flatMap(({ executionId, stale }): InlineResult[] => {
        const execution = this.#executions.get(executionId);
        if (!execution) return [];
        const shown = this.#textOf(execution, each);
        const hover = this.#hoverOf(execution, stale);
        return [{ executionId, line, ...(mode === 'checkmark' ? checkmark(shown) : shown), stale, hover }];
      });
    });
  }

  #textOf(execution: Execution, maxLength: number) {
    const now = Date.now();
    const text = inlineText(execution, now, maxLength, vscode.l10n);
    const moves = execution.phase.status === 'running' && !execution.waiting;
    return moves ? { ...text, mark: `${currentSpinner().frame(now)} ` } : text;
  }

  /** Made once for each outcome: every keystroke asks for it. */
  #hoverOf(execution: Execution, stale: boolean): string {
    const known = this.#hovers.get(execution.phase);
    if (known?.stale === stale) return known.text;
    const text = hoverText(execution, stale, vscode.l10n);
    if (hasEnded(execution)) this.#hovers.set(execution.phase, { stale, text });
    return text;
  }

  #updateContext(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const shows = uri !== undefined && (this.of(uri).length > 0 || this.#errors.of(uri).length > 0);
    setContextKey('holdfast.hasInlineResults', shows);
  }

  /** Spinners turn and elapsed times go on only while something that runs can be seen. */
  #tickWhileRunning(): void {
    const pending = vscode.window.visibleTextEditors.some((editor) =>
      this.#shown.get(editor)?.some(({ kind }) => kind === 'pending'),
    );
    if (pending) this.#ticking ??= setInterval(() => this.#draw(), currentSpinner().every);
    else {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    }
  }
}

/** The markers that end on each line, from top to bottom and from left to right. */
function linesOf(markers: readonly Marker[]): Marker[][] {
  const lines = [...Map.groupBy(markers, ({ span }) => span.end.line).entries()].sort(([one], [other]) => one - other);
  return lines.map(([, some]) =>
    some.slice(-MAX_ON_LINE).sort((one, other) => one.span.end.character - other.span.end.character),
  );
}

function textOf(document: vscode.TextDocument): Text {
  return {
    textOf: (span) => document.getText(rangeOf(span)),
    lengthOf: ({ start, end }) => document.offsetAt(positionOf(end)) - document.offsetAt(positionOf(start)),
  };
}

function currentSpinner() {
  return spinner(vscode.workspace.getConfiguration('workbench').get('reduceMotion') === 'on');
}

function positionOf({ line, character }: Span['start']): vscode.Position {
  return new vscode.Position(line, character);
}

function rangeOf({ start, end }: Span): vscode.Range {
  return new vscode.Range(positionOf(start), positionOf(end));
}
