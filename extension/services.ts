import type * as vscode from 'vscode';
import type { Cell } from './cells/cell.ts';
import type { Statements } from './cells/statements.ts';
import type { Checkpoints } from './client/checkpoints.ts';
import type { Durability } from './client/durability.ts';
import type { DurableStorage } from './client/durable-storage.ts';
import type { Execution } from './client/execution.ts';
import type { Executions } from './client/executions.ts';
import type { Grants } from './client/grants.ts';
import type { KeptSteps } from './client/kept-steps.ts';
import type { Machines } from './client/machines.ts';
import type { Namespaces } from './client/namespaces.ts';
import type { Prompts } from './client/prompts.ts';
import type { Runner, RunRequest } from './client/runner.ts';
import type { Sessions } from './client/sessions.ts';
import type { Values } from './client/values.ts';
import type { InlineResults } from './inline/inline-results.ts';
import type { PromptBox } from './prompts/prompt-box.ts';
import type { DataGrids } from './views/data-grid.ts';
import type { NamespacePreferences } from './views/namespace/preferences.ts';
import type { NamespaceTree } from './views/namespace-tree.ts';
import type { ReportDocuments } from './views/report-documents.ts';
import type { ResultsView } from './views/results-view.ts';

/** What commands may use. */
export interface Services {
  /** Absolute path of the folder that code runs in. */
  readonly workspace: string;
  /** Where the extension is installed. */
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly durableStorage: DurableStorage;
  readonly machines: Machines;
  readonly sessions: Sessions;
  readonly executions: Executions;
  readonly checkpoints: Checkpoints;
  readonly keptSteps: KeptSteps;
  readonly durability: Durability;
  readonly namespaces: Namespaces;
  readonly values: Values;
  readonly namespacePreferences: NamespacePreferences;
  readonly namespaceTree: NamespaceTree;
  readonly runner: Runner;
  readonly statements: Statements;
  readonly inline: InlineResults;
  readonly prompts: Prompts;
  readonly grants: Grants;
  readonly promptBox: PromptBox;
  readonly results: ResultsView;
  readonly dataGrids: DataGrids;
  readonly reports: ReportDocuments;
  /** Runs a cell and shows its result. Settles when the backend has taken it. @throws UserError */
  run(cell: Cell): Promise<Execution>;
  /** Runs code whose document is not open. @throws UserError */
  runAgain(request: RunRequest): Promise<void>;
}
