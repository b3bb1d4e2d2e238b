import path from 'node:path';
import * as vscode from 'vscode';
import { AgentTools } from './agents/agent-tools.ts';
import { createApi, type HoldfastApi } from './api.ts';
import { CellLenses } from './cells/lenses.ts';
import { CellMarks } from './cells/marks.ts';
import { Statements } from './cells/statements.ts';
import { connect } from './client/backend.ts';
import { BackendSettingsSender } from './client/backend-settings.ts';
import { BackendWatch } from './client/backend-watch.ts';
import { Checkpoints } from './client/checkpoints.ts';
import { ClearedExecutions } from './client/cleared-executions.ts';
import { Durability } from './client/durability.ts';
import { DurableStorage } from './client/durable-storage.ts';
import { Executions } from './client/executions.ts';
import { Grants } from './client/grants.ts';
import { KeptSteps } from './client/kept-steps.ts';
import { BackendLink } from './client/link.ts';
import { LostExecutions } from './client/lost-executions.ts';
import { Machines } from './client/machines.ts';
import { Namespaces } from './client/namespaces.ts';
import { OfferedCapabilities } from './client/offered-capabilities.ts';
import { Prompts } from './client/prompts.ts';
import { Runner } from './client/runner.ts';
import { chooseSession } from './client/session-choice.ts';
import { SessionMemory } from './client/session-memory.ts';
import { Sessions } from './client/sessions.ts';
import { Values } from './client/values.ts';
import { showFailure } from './commands/failure.ts';
import { contributedCommands, registerCommands } from './commands/register.ts';
import { InlineResults } from './inline/inline-results.ts';
import { MarkerMemory } from './inline/marker-memory.ts';
import { configuredInterpreter } from './interpreters/configured-interpreter.ts';
import { LiveCompletion } from './namespace/completion.ts';
import { LiveHover } from './namespace/hover.ts';
import { Notebooks } from './notebooks/notebooks.ts';
import { RunMemory } from './notebooks/run-memory.ts';
import { DisposableStore } from './platform/disposables.ts';
import { KeptFile } from './platform/kept-file.ts';
import { setting } from './platform/settings.ts';
import { AskingLines } from './prompts/asking-lines.ts';
import { showNotices } from './prompts/notices.ts';
import { PromptBox } from './prompts/prompt-box.ts';
import { run, runAgain } from './run.ts';
import type { Services } from './services.ts';
import { DataGrids } from './views/data-grid.ts';
import { showDurability } from './views/durability-notice.ts';
import { LongWork } from './views/long-work.ts';
import { showLostBefore } from './views/lost-before.ts';
import { NamespacePreferences } from './views/namespace/preferences.ts';
import { NamespaceTree } from './views/namespace-tree.ts';
import { OutputDocuments } from './views/output-document.ts';
import { PromptsTree } from './views/prompts-tree.ts';
import { showRecoveries, showSleep } from './views/recovery.ts';
import { ReportDocuments } from './views/report-documents.ts';
import { ResultsView } from './views/results-view.ts';
import { SessionsTree } from './views/sessions-tree.ts';
import { StatusBar } from './views/status-bar.ts';
import { showProgress } from './views/window-progress.ts';

/** Long enough that a person looks for a sign of life elsewhere than at the line. */
const PROGRESS_AFTER_MS = 3000;

/** Wires the extension. Starts no process: a backend that runs already is found after it, one is started on the first run. */
export function activate(context: vscode.ExtensionContext): HoldfastApi {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const log = store.add(vscode.window.createOutputChannel('Holdfast', { log: true }));
  const note = (message: string) => log.info(message);
  const workspace = (vscode.workspace.workspaceFolders?.[0]?.uri ?? context.globalStorageUri).fsPath;

  const durableStorage = store.add(new DurableStorage(context.secrets, note));
  const machines = new Machines(context.secrets, note);
  const link = store.add(
    new BackendLink({
      async connect(how) {
        const client = await connect(how, {
          workspace,
          dist: vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath,
          version: String(context.extension.packageJSON.version),
          idleTimeoutMinutes: setting('backend.idleTimeout'),
          log: note,
        });
        await Promise.all([durableStorage.tell(client), machines.tell(client)]);
        return client;
      },
      log: note,
    }),
  );
  durableStorage.follow(link);
  store.add(new BackendSettingsSender(link, note));
  const { fsPath: storage } = context.storageUri ?? context.globalStorageUri;
  const kept = store.add(new KeptFile(path.join(storage, 'window.json'), note));
  const executions = store.add(new Executions(new ClearedExecutions(kept)));
  const namespaces = store.add(new Namespaces());
  const prompts = store.add(new Prompts());
  const grants = store.add(new Grants(link, note));
  const checkpoints = store.add(new Checkpoints(link, note));
  const keptSteps = store.add(new KeptSteps(link, note));
  const durability = store.add(new Durability(link, note));
  const interpreter = configuredInterpreter;
  const sessions = store.add(
    new Sessions({
      link,
      executions,
      namespaces,
      prompts,
      interpreter,
      choose: chooseSession,
      memory: new SessionMemory(context.workspaceState),
      log: note,
    }),
  );
  const runner = new Runner(sessions, executions);
  const statements = new Statements(vscode.Uri.joinPath(context.extensionUri, 'dist/grammars').fsPath, note);
  store.add(new CellLenses());
  const cellMarks = store.add(new CellMarks());

  const runMemory = new RunMemory(kept);
  const inline = store.add(new InlineResults(executions, new MarkerMemory(kept)));
  const promptBox = store.add(new PromptBox(prompts, sessions));
  const capabilities = store.add(new OfferedCapabilities(link, note));
  const agentTools = store.add(new AgentTools({ sessions, executions, namespaces, prompts, runner }));
  const askingLines = store.add(new AskingLines(prompts, executions, inline));
  const promptsTree = store.add(new PromptsTree({ prompts, grants, sessions }));
  store.add(showNotices(prompts, log));
  store.add(showDurability(durability, log));
  const reports = store.add(new ReportDocuments());
  const lost = store.add(new LostExecutions(executions));
  store.add(showRecoveries(sessions, lost, reports, log));
  store.add(showSleep(sessions, lost, log));
  store.add(showLostBefore({ link, executions, state: context.workspaceState, log: note }));
  const { extensionUri } = context;
  const values = new Values(sessions);
  const results = store.add(
    new ResultsView({ extensionUri, executions, sessions, namespaces, inline, values, log: note }),
  );
  const dataGrids = store.add(new DataGrids({ extensionUri, values, namespaces, log: note }));
  store.add(new OutputDocuments(sessions, executions));
  const namespacePreferences = store.add(new NamespacePreferences(context.workspaceState));
  const preferences = namespacePreferences;
  const namespaceTree = store.add(new NamespaceTree({ sessions, executions, namespaces, values, preferences }));
  store.add(new LiveHover({ sessions, namespaces, values }));
  store.add(new LiveCompletion({ sessions, namespaces, values }));
  const sessionsTree = store.add(new SessionsTree({ sessions, executions, checkpoints, keptSteps, durability }));
  store.add(new LongWork(executions, { after: PROGRESS_AFTER_MS, show: showProgress }));
  const statusBar = store.add(new StatusBar({ link, sessions, executions, prompts, durability }));

  const services: Services = {
    workspace,
    extensionUri,
    log,
    durableStorage,
    machines,
    sessions,
    executions,
    checkpoints,
    keptSteps,
    durability,
    namespaces,
    values,
    namespacePreferences,
    namespaceTree,
    runner,
    statements,
    inline,
    prompts,
    grants,
    promptBox,
    results,
    dataGrids,
    reports,
    run: (cell) => run(cell, runner, { inline, results }),
    runAgain: (request) => runAgain(request, runner),
  };
  store.add(registerCommands(contributedCommands(context.extension), services));
  store.add(
    new Notebooks({
      executions,
      runner,
      sessions,
      inline,
      memory: runMemory,
      failed: (error) => void showFailure('holdfast.notebook', error, log),
      log: note,
    }),
  );
  const watch = store.add(new BackendWatch(() => void link.find()));
  // When activation has returned: the window opens without waiting for it.
  setImmediate(() => {
    void watch.start(workspace);
    void link.find();
  });
  return createApi({
    ...services,
    backendPid: () => link.current?.hello.pid,
    statusBarText: () => statusBar.text,
    cellSeparators: (uri) => cellMarks.of(uri),
    askingLines: (uri) => askingLines.of(uri),
    promptsTree,
    sessionsTree,
    capabilities,
    // A test has nobody who would be asked before a tool runs.
    ...(context.extensionMode === vscode.ExtensionMode.Test ? { agentTool: (name) => agentTools.tool(name) } : {}),
  });
}
