import type * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Prompt, SessionInfo } from '../backend/protocol/client/index.ts';
import type { ResultItem } from '../media/protocol.ts';
import type { ToolName } from './agents/agent-tools.ts';
import type { CellSeparator } from './cells/separators.ts';
import type { Namespace } from './client/namespaces.ts';
import type { Offer, OfferedCapabilities } from './client/offered-capabilities.ts';
import type { InlineResult } from './inline/inline-result.ts';
import type { AskingLine } from './prompts/asking-lines.ts';
import type { AnswerValue } from './prompts/forms/form.ts';
import type { CapabilityDefinition } from './sdk/capability.ts';
import { type ExtensionRun, type ExtensionRunResult, runForExtension } from './sdk/run.ts';
import type { Services } from './services.ts';
import type { NamespaceRow } from './views/namespace/rows.ts';
import type { PromptsRow } from './views/prompts/rows.ts';
import type { PromptsTree } from './views/prompts-tree.ts';
import { resultItem } from './views/result-items.ts';
import type { SessionsRow, SessionsTree } from './views/sessions-tree.ts';
import { type ShownRow, shownRows } from './views/shown-row.ts';

export interface ResultWithOutput extends ResultItem {
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
}

/** What `activate` gives: what the window shows, for tests and for other extensions. `answerPrompt`, `registerCapability` and `run` change something. */
export interface HoldfastApi {
  /** The inline results that an editor of the document shows, from top to bottom. */
  inlineResults(uri: vscode.Uri): readonly InlineResult[];
  /** Inline results have been drawn again. */
  readonly onDidRenderInlineResults: vscode.Event<void>;
  sessions(): readonly SessionInfo[];
  namespace(sessionId: string): Namespace;
  /** The rows of the Namespace view below one of them, those at the top without. */
  namespaceRows(parent?: NamespaceRow): Promise<readonly ShownRow<NamespaceRow>[]>;
  /** What the Namespace view says above its rows. */
  namespaceMessage(): string;
  /** Rows of the Namespace view say something else; undefined: all of them. */
  readonly onDidChangeNamespaceRows: vscode.Event<readonly NamespaceRow[] | undefined>;
  /** What the results panel lists, oldest first. */
  results(): readonly ResultWithOutput[];
  prompts(): readonly Prompt[];
  /** The rows of the Prompts & Grants view below one of them, those at the top without. */
  promptRows(parent?: PromptsRow): readonly ShownRow<PromptsRow>[];
  /** The rows of the Sessions & Tasks view below one of them, those at the top without. */
  sessionRows(parent?: SessionsRow): Promise<readonly ShownRow<SessionsRow>[]>;
  /** How many questions the view's badge counts. */
  promptsBadge(): number;
  /**
   * Offers a thing that programs can ask for as `capability("name", …)`, as long as the window lives or until it is disposed of.
   * @throws TypeError when it cannot be offered, saying what would be right
   */
  registerCapability<Params>(definition: CapabilityDefinition<Params>): Offer;
  /** Runs code in the session of its language, at the level of extensions. Settles when it has ended. */
  run(request: ExtensionRun): Promise<ExtensionRunResult>;
  /** A tool for language models as VS Code has it; in tests only. */
  readonly agentTool?: (name: ToolName) => Required<vscode.LanguageModelTool<unknown>>;
  /** The lines that an editor of the document marks because they wait for an answer. */
  askingLines(uri: vscode.Uri): readonly AskingLine[];
  /** The question on the screen. */
  shownPrompt(): Prompt | undefined;
  /** Whether a program may do something is for the person to say: those questions are refused here. @throws Error */
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
  askingLines(uri: vscode.Uri): readonly AskingLine[];
  readonly agentTool?: HoldfastApi['agentTool'];
  readonly capabilities: OfferedCapabilities;
  readonly promptsTree: PromptsTree;
  readonly sessionsTree: SessionsTree;
}

export function createApi(sources: ApiSources): HoldfastApi {
  const { inline, sessions, namespaces, namespaceTree, executions, prompts, promptBox, results } = sources;
  return {
    inlineResults: (uri) => inline.of(uri),
    onDidRenderInlineResults: inline.onRendered,
    sessions: () => sessions.all(),
    namespace: (sessionId) => namespaces.of(sessionId),
    namespaceRows: async (parent) => shownRows(await namespaceTree.getChildren(parent), namespaceTree),
    namespaceMessage: () => namespaceTree.message,
    onDidChangeNamespaceRows: namespaceTree.onDidChangeTreeData,
    results: () =>
      executions.all().map((execution) => {
        const { head, tail } = execution.output.kept();
        return {
          ...resultItem(execution, executions.displays.of(execution.id), l10n),
          output: [...head, ...tail].map(({ text }) => text).join(''),
        };
      }),
    prompts: () => prompts.all(),
    promptRows: (parent) => shownRows(sources.promptsTree.getChildren(parent), sources.promptsTree),
    sessionRows: async (parent) => shownRows(await sources.sessionsTree.getChildren(parent), sources.sessionsTree),
    promptsBadge: () => sources.promptsTree.badge,
    askingLines: sources.askingLines,
    shownPrompt: () => promptBox.shown,
    answerPrompt: async (promptId, value) => {
      // Tests stand in for the person.
      const isAllowed = sources.agentTool !== undefined || prompts.get(promptId)?.form.kind !== 'permission';
      if (!isAllowed) throw new Error('A permission is given by the person.');
      await promptBox.answer(promptId, value);
    },
    registerCapability: (definition) => sources.capabilities.register(definition),
    run: (request) => runForExtension(request, sources),
    ...(sources.agentTool ? { agentTool: sources.agentTool } : {}),
    backendPid: sources.backendPid,
    statusBarText: sources.statusBarText,
    cellSeparators: sources.cellSeparators,
    onDidOpenResults: results.onPageReady,
  };
}
