import * as vscode from 'vscode';
import type { Cell } from '../cells/cell.ts';
import { type Execution, hasEnded, type Phase } from '../client/execution.ts';
import type { Executions } from '../client/executions.ts';
import { setContextKey } from '../platform/context-keys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { setting } from '../platform/settings.ts';
import { Throttle } from '../platform/throttle.ts';
import { follow } from './follow.ts';
import { HOVER_COMMANDS, hoverText } from './hover-text.ts';
import { type InlineKind, inlineText } from './inline-text.ts';

const RENDER_MS = 50;
const TICK_MS = 1000;

/** An inline result as it is shown. */
export interface InlineResult {
  readonly executionId: string;
  /** 0-based line at whose end it stands. */
  readonly line: number;
  readonly kind: InlineKind;
  readonly text: string;
  /** The code has been edited since it ran. */
  readonly stale: boolean;
  /** Markdown of its hover. */
  readonly hover: string;
}

/** The code of an execution in a document, followed through edits. */
interface Marker {
  readonly executionId: string;
  readonly code: string;
  range: vscode.Range;
  stale: boolean;
}

const COLORS: Record<InlineKind, string> = {
  pending: 'holdfast.inline.pending',
  value: 'holdfast.inline.value',
  output: 'holdfast.inline.output',
  done: 'holdfast.inline.done',
  error: 'holdfast.inline.error',
  cancelled: 'holdfast.inline.cancelled',
  lost: 'holdfast.inline.error',
};

const MARKS: Partial<Record<InlineKind, string>> = {
  value: '→ ',
  error: '✗ ',
  lost: '✗ ',
  cancelled: '■ ',
  pending: '⋯ ',
};

/** Shows what executions came to at the ends of the lines that were run. */
export class InlineResults implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #executions: Executions;
  readonly #markers = new Map<string, Marker[]>();
  /** One type for every result: VS Code makes a style sheet rule for each type, and keeps it. */
  readonly #type = this.#store.add(
    vscode.window.createTextEditorDecorationType({ rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed }),
  );
  readonly #render = this.#store.add(new Throttle(RENDER_MS, () => this.#renderAll()));
  readonly #rendered = this.#store.add(new vscode.EventEmitter<void>());
  readonly #hovers = new WeakMap<Phase, string>();
  #ticking: NodeJS.Timeout | undefined;

  readonly onRendered = this.#rendered.event;

  constructor(executions: Executions) {
    this.#executions = executions;
    const { workspace, window } = vscode;
    this.#store.add(executions.onChanged(() => this.#render.request()));
    this.#store.add(executions.onRemoved((ids) => this.#forget(new Set(ids))));
    this.#store.add(workspace.onDidChangeTextDocument((event) => this.#follow(event)));
    this.#store.add(workspace.onDidCloseTextDocument(({ uri }) => this.#markers.delete(uri.toString())));
    this.#store.add(window.onDidChangeVisibleTextEditors(() => this.#renderAll()));
    this.#store.add(window.onDidChangeActiveTextEditor(() => this.#updateContext()));
  }

  /** Ties an execution to its code. It takes the place of what the same lines showed before. */
  show(cell: Cell, execution: Execution): void {
    const uri = cell.document.uri.toString();
    const others = (this.#markers.get(uri) ?? []).filter(({ range }) => !within(cell.range, range.end));
    const code = cell.document.getText(cell.range);
    others.push({ executionId: execution.id, code, range: cell.range, stale: false });
    this.#markers.set(uri, others);
    this.#renderAll();
  }

  clear(uri: vscode.Uri): void {
    this.#markers.delete(uri.toString());
    this.#renderAll();
  }

  /** What the document shows now, from top to bottom. */
  of(uri: vscode.Uri): InlineResult[] {
    const maxLength = setting('inlineResults.maxLength');
    return (this.#markers.get(uri.toString()) ?? [])
      .flatMap(({ executionId, range, stale }) => {
        const execution = this.#executions.get(executionId);
        if (!execution) return [];
        const { kind, text } = inlineText(execution, Date.now(), maxLength, vscode.l10n);
        return { executionId, line: range.end.line, kind, text, stale, hover: this.#hoverOf(execution) };
      })
      .sort((one, other) => one.line - other.line);
  }

  /** The document and range of an execution's code, while the document is open. */
  locate(executionId: string): vscode.Location | undefined {
    for (const [uri, markers] of this.#markers) {
      const marker = markers.find((it) => it.executionId === executionId);
      if (marker) return new vscode.Location(vscode.Uri.parse(uri), marker.range);
    }
    return undefined;
  }

  dispose(): void {
    clearInterval(this.#ticking);
    this.#store.dispose();
    this.#markers.clear();
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const uri = document.uri.toString();
    const markers = this.#markers.get(uri);
    if (!markers || contentChanges.length === 0) return;
    // The changes of one event all speak of the text before it, so the last place comes first.
    const changes = [...contentChanges].sort((one, other) => other.range.start.compareTo(one.range.start));
    const kept = markers.filter((marker) => {
      for (const change of changes) {
        const span = follow(marker.range, change);
        if (!span) return false;
        marker.range = new vscode.Range(span.start.line, span.start.character, span.end.line, span.end.character);
      }
      marker.stale = document.getText(marker.range) !== marker.code;
      return true;
    });
    this.#markers.set(uri, newestOfEachLine(kept));
    this.#renderAll();
  }

  /** Made once for each outcome: every keystroke asks for it. */
  #hoverOf(execution: Execution): string {
    const known = this.#hovers.get(execution.phase);
    if (known !== undefined) return known;
    const text = hoverText(execution, vscode.l10n);
    if (hasEnded(execution)) this.#hovers.set(execution.phase, text);
    return text;
  }

  #forget(ids: ReadonlySet<string>): void {
    for (const [uri, markers] of this.#markers) {
      this.#markers.set(
        uri,
        markers.filter(({ executionId }) => !ids.has(executionId)),
      );
    }
    this.#renderAll();
  }

  #renderAll(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      editor.setDecorations(
        this.#type,
        this.of(editor.document.uri).map((result) => decoration(editor.document, result)),
      );
    }
    this.#updateContext();
    this.#tickWhileRunning();
    this.#rendered.fire();
  }

  #updateContext(): void {
    const active = vscode.window.activeTextEditor?.document.uri.toString();
    setContextKey('holdfast.hasInlineResults', active !== undefined && (this.#markers.get(active)?.length ?? 0) > 0);
  }

  /** Elapsed times move on only while something runs. */
  #tickWhileRunning(): void {
    const running = this.#executions
      .all()
      .some((execution) => execution.phase.status === 'running' && !hasEnded(execution));
    if (running) this.#ticking ??= setInterval(() => this.#renderAll(), TICK_MS);
    else {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    }
  }
}

function decoration(
  document: vscode.TextDocument,
  { line, kind, text, stale, hover }: InlineResult,
): vscode.DecorationOptions {
  const end = document.lineAt(Math.min(line, document.lineCount - 1)).range.end;
  const hoverMessage = new vscode.MarkdownString(hover);
  hoverMessage.isTrusted = { enabledCommands: HOVER_COMMANDS };
  const shown = `${MARKS[kind] ?? ''}${stale ? vscode.l10n.t('{0} (stale)', text) : text}`;
  return {
    range: new vscode.Range(end, end),
    hoverMessage,
    renderOptions: {
      after: {
        // Ordinary spaces at the ends and in a row would be folded.
        contentText: shown.replaceAll(' ', '\u00a0'),
        color: new vscode.ThemeColor(stale ? 'holdfast.inline.stale' : COLORS[kind]),
        fontStyle: stale ? 'italic' : 'normal',
        margin: '0 0 0 2ch',
      },
    },
  };
}

function within(range: vscode.Range, place: vscode.Position): boolean {
  return place.line >= range.start.line && place.line <= range.end.line;
}

/** Edits can bring two results to one line: the one that ran last stays. */
function newestOfEachLine(markers: readonly Marker[]): Marker[] {
  const byLine = new Map(markers.map((marker) => [marker.range.end.line, marker]));
  return markers.filter((marker) => byLine.get(marker.range.end.line) === marker);
}
