import type * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Prompt, SessionInfo } from '../backend/protocol/client/index.ts';
import type { ResultItem } from '../media/protocol.ts';
import type { CellSeparator } from './cells/separators.ts';
import type { Namespace } from './client/namespaces.ts';
import type { InlineResult } from './inline/inline-result.ts';
import type { AnswerValue } from './prompts/forms/form.ts';
import type { Services } from './services.ts';
import { resultItem } from './views/result-items.ts';

export interface ResultWithOutput extends ResultItem {
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
}

/** What `activate` gives: what the window shows, for tests and for other extensions. Only `answerPrompt` changes anything. */
export interface HoldfastApi {
  /** The inline results that an editor of the document shows, from top to bottom. */
  inlineResults(uri: vscode.Uri): readonly InlineResult[];
  /** Inline results have been drawn again. */
  readonly onDidRenderInlineResults: vscode.Event<void>;
  sessions(): readonly SessionInfo[];
  namespace(sessionId: string): Namespace;
  /** What the results panel lists, oldest first. */
  results(): readonly ResultWithOutput[];
  prompts(): readonly Prompt[];
  /** The question on the screen. */
  shownPrompt(): Prompt | undefined;
  answerPrompt(promptId: string, value: AnswerValue): Promise<void>;
  /** Process id of the backend, while there is a connection. */
  backendPid(): number | undefined;
  statusBarText(): string;
  /** 0-based lines above which a line is drawn in the document's editor. */
  cellSeparators(uri: vscode.Uri): readonly CellSeparator[];
  /** The page of the results panel listens. */
  readonly onDidOpenResults: vscode.Event<void>;
}

export interface ApiSources extends Services {
  backendPid(): number | undefined;
  statusBarText(): string;
  cellSeparators(uri: vscode.Uri): readonly CellSeparator[];
}

export function createApi(sources: ApiSources): HoldfastApi {
  const { inline, sessions, namespaces, executions, prompts, promptBox, results } = sources;
  return {
    inlineResults: (uri) => inline.of(uri),
    onDidRenderInlineResults: inline.onRendered,
    sessions: () => sessions.all(),
    namespace: (sessionId) => namespaces.of(sessionId),
    results: () =>
      executions.all().map((execution) => {
        const { head, tail } = execution.output.kept();
        return {
          ...resultItem(execution, executions.displays.of(execution.id), l10n),
          output: [...head, ...tail].map(({ text }) => text).join(''),
        };
      }),
    prompts: () => prompts.all(),
    shownPrompt: () => promptBox.shown,
    answerPrompt: (promptId, value) => promptBox.answer(promptId, value),
    backendPid: sources.backendPid,
    statusBarText: sources.statusBarText,
    cellSeparators: sources.cellSeparators,
    onDidOpenResults: results.onPageReady,
  };
}
