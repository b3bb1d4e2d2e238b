import * as vscode from 'vscode';
import type { Prompt } from '../../backend/protocol/client/index.ts';
import type { Executions } from '../client/executions.ts';
import type { Prompts } from '../client/prompts.ts';
import { codeBlock } from '../inline/code-block.ts';
import type { InlineResults } from '../inline/inline-results.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import { askingPlace } from './asking-place.ts';
import { promptText } from './permission-question.ts';

const REFRESH_MS = 50;
/** Questions whose lines are marked. A loop may ask thousands, from a few lines. */
const MAX_MARKED = 500;

/** The commands that the hover of a mark may link to. */
const HOVER_COMMANDS = ['holdfast.answerPrompt', 'holdfast.cancelExecution'] as const;

/** A line that is marked because it asks. */
export interface AskingLine {
  /** Counts from 0. */
  readonly line: number;
  /** What stands at its end; empty where the cell's own result says it. */
  readonly text: string;
  readonly promptIds: readonly string[];
}

/** Marks the lines that wait for an answer, also those in the middle of a cell or in a module. */
export class AskingLines implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #prompts: Prompts;
  readonly #executions: Executions;
  readonly #inline: InlineResults;
  readonly #shown = new WeakMap<vscode.TextEditor, readonly AskingLine[]>();
  readonly #refresh = this.#store.add(new Throttle(REFRESH_MS, () => this.#draw()));
  readonly #type = this.#store.add(
    vscode.window.createTextEditorDecorationType({
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      overviewRulerColor: new vscode.ThemeColor('holdfast.inline.pending'),
      overviewRulerLane: vscode.OverviewRulerLane.Right,
    }),
  );

  constructor(prompts: Prompts, executions: Executions, inline: InlineResults) {
    this.#prompts = prompts;
    this.#executions = executions;
    this.#inline = inline;
    const request = () => this.#refresh.request();
    this.#store.add(prompts.onChanged(request));
    // Its own result may say that a cell waits.
    this.#store.add(inline.onRendered(request));
    this.#store.add(vscode.window.onDidChangeVisibleTextEditors(request));
    this.#store.add(vscode.workspace.onDidChangeTextDocument(request));
  }

  /** What an editor of the document marks now, from top to bottom. */
  of(uri: vscode.Uri): readonly AskingLine[] {
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    return (editor && this.#shown.get(editor)) ?? [];
  }

  dispose(): void {
    this.#store.dispose();
  }

  #draw(): void {
    const places = this.#prompts
      .all()
      .slice(0, MAX_MARKED)
      .flatMap((prompt) => {
        const place = askingPlace(prompt, this.#executions, this.#inline);
        return place ? [{ prompt, line: place.line, document: place.uri.toString() }] : [];
      });
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      const own = places.filter((it) => it.document === document.uri.toString() && it.line < document.lineCount);
      if (own.length === 0 && !this.#shown.has(editor)) continue;
      const lines = [...Map.groupBy(own, ({ line }) => line)].map(([line, some]) => ({
        line,
        prompts: some.map(({ prompt }) => prompt),
        text: this.#isSaid(document.uri, line, some) ? '' : waitingText(some.map(({ prompt }) => prompt)),
      }));
      editor.setDecorations(
        this.#type,
        lines.map(({ line, prompts, text }) => decoration(document.lineAt(line).range.end, prompts, text)),
      );
      if (lines.length === 0) this.#shown.delete(editor);
      else {
        const ids = (prompts: readonly Prompt[]) => prompts.map(({ promptId }) => promptId);
        this.#shown.set(
          editor,
          lines.map(({ line, prompts, text }) => ({ line, text, promptIds: ids(prompts) })),
        );
      }
    }
  }

  /** The inline result of the cell stands on this line and says that it waits. */
  #isSaid(uri: vscode.Uri, line: number, asking: readonly { readonly prompt: Prompt }[]): boolean {
    const results = this.#inline.of(uri).filter((result) => result.line === line);
    return asking.every(({ prompt }) => results.some(({ executionId }) => executionId === prompt.executionId));
  }
}

function waitingText(prompts: readonly Prompt[]): string {
  const { t } = vscode.l10n;
  if (prompts.length > 1) return `⋯ ${t('waiting for {0} answers', prompts.length)}`;
  return `⋯ ${t('waiting for input')}`;
}

function decoration(end: vscode.Position, prompts: readonly Prompt[], text: string): vscode.DecorationOptions {
  return {
    range: new vscode.Range(end, end),
    hoverMessage: prompts.slice(0, 5).map(hover),
    renderOptions: {
      after: {
        contentText: text.replaceAll(' ', '\u00a0'),
        color: new vscode.ThemeColor('holdfast.inline.pending'),
        margin: '0 0 0 2ch',
      },
    },
  };
}

/** What is asked stands in a code block, where nothing is a link. */
function hover(asked: Prompt): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const { promptId, executionId } = asked;
  const prompt = promptText(asked);
  const link = (title: string, command: (typeof HOVER_COMMANDS)[number], argument: object) =>
    `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([argument]))})`;
  const links = [
    link(t('Answer'), 'holdfast.answerPrompt', { promptId }),
    ...(executionId === null ? [] : [link(t('Cancel Execution'), 'holdfast.cancelExecution', { executionId })]),
  ];
  const message = new vscode.MarkdownString(
    [t('This line waits for an answer.'), ...(prompt === '' ? [] : [codeBlock(prompt)]), links.join(' · ')].join(
      '\n\n',
    ),
  );
  message.isTrusted = { enabledCommands: HOVER_COMMANDS };
  return message;
}
