import * as vscode from 'vscode';

/** The settings of `package.json` and their types. A value of another type, from a file edited by hand, counts as not set. */
const DEFAULTS = {
  /** `off`, `statement` or `cell`: what Shift+Enter does. Read by the key bindings in `package.json`. */
  'keys.shiftEnter': 'off',
  'python.interpreter': '',
  'javascript.nodePath': '',
  /** Minutes. */
  'backend.idleTimeout': 30,
  /** `inline`, `panel`, `both` or `checkmark`. */
  'inlineResults.mode': 'inline',
  'cells.codeLens': true,
  /** `current`, `all` or `off`. */
  'cells.separators': 'all',
  /** `#region` and `#endregion` bound cells, too. */
  'cells.regions': false,
  /** Characters. */
  'inlineResults.maxLength': 100,
  /** `language`: one session for each; `file`: one for each file. */
  'session.scope': 'language',
  /** `workspace` or `file`: the folder in which a new session's code runs. */
  workingDirectory: 'workspace',
  /** Path, with `${workspaceFolder}`; empty for none. */
  // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's notation, filled in when it is used.
  envFile: '${workspaceFolder}/.env',
  /** `main` or `thread`. */
  'python.blockingCells': 'main',
  'python.autoreload': false,
  'python.undo.enabled': false,
  'python.undo.maxSnapshots': 5,
  /** MiB. */
  'python.undo.maxMemory': 1024,
  /** `definition`, `name`, `type`, `size` or `recency`. */
  'namespace.sort': 'definition',
  'namespace.hideModules': true,
  'namespace.hideFunctions': false,
  'namespace.hidePrivate': true,
  'hover.enabled': true,
  'completion.enabled': true,
  'output.maxBytes': 100 * 1024 * 1024,
  'agents.enabled': true,
  /** MiB. */
  'pool.maxMemory': 256,
  'checkpoints.automatic': true,
  /** Seconds. */
  'checkpoints.idleTime': 10,
  /** MiB, as the next two. */
  'checkpoints.maxVariableSize': 256,
  'checkpoints.maxSize': 512,
  'checkpoints.maxTotalSize': 4096,
  /** Milliseconds. */
  'cancel.interruptAfter': 250,
  'cancel.forceAfter': 500,
  'cancel.killAfter': 1500,
} as const;

export type SettingName = keyof typeof DEFAULTS;
type Widen<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;
export type SettingValue<Name extends SettingName> = Widen<(typeof DEFAULTS)[Name]>;

export function setting<Name extends SettingName>(name: Name): SettingValue<Name> {
  const value = vscode.workspace.getConfiguration('holdfast').get<unknown>(name);
  // The check of the type makes the cast true; TypeScript does not follow it through the lookup.
  return (typeof value === typeof DEFAULTS[name] ? value : DEFAULTS[name]) as SettingValue<Name>;
}

/** Told when one of the settings below a name has another value. */
export function onSettingChanged(name: string, listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`holdfast.${name}`)) listener();
  });
}

/** Writes where the person keeps it: the workspace when it sets it already or when one is open, else the user's settings. */
export async function changeSetting<Name extends SettingName>(name: Name, value: SettingValue<Name>): Promise<void> {
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration('holdfast').update(name, value, target);
}

/** As `changeSetting`, for taste that goes with the person: in the user's settings unless the workspace sets it. */
export async function changeUserSetting<Name extends SettingName>(
  name: Name,
  value: SettingValue<Name>,
): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('holdfast');
  const { Workspace, Global } = vscode.ConfigurationTarget;
  const target = configuration.inspect(name)?.workspaceValue === undefined ? Global : Workspace;
  await configuration.update(name, value, target);
}
