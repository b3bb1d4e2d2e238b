import path from 'node:path';
import { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';
import type { Candidate } from './candidate.ts';

/** The Python extension's interpreter for the workspace; null when it is not installed or has chosen none. */
export async function activeEnvironment(folder: vscode.Uri | undefined): Promise<string | null> {
  const api = await pythonExtension();
  if (!api) return null;
  const environment = await api.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath(folder));
  return environment?.executable.uri?.fsPath ?? null;
}

/** The interpreters that the Python extension knows of. @param refresh lets it look for them again first */
export async function knownEnvironments(refresh: boolean): Promise<readonly Candidate[]> {
  const api = await pythonExtension();
  if (!api) return [];
  await api.environments.refreshEnvironments({ forceRefresh: refresh });
  return api.environments.known.flatMap(({ executable, environment }): Candidate[] => {
    const file = executable.uri?.fsPath;
    if (file === undefined) return [];
    if (!environment) return [{ file, name: '', group: 'installed' }];
    const name = environment.name ?? path.basename(environment.folderUri.fsPath);
    return [{ file, name, group: environment.workspaceFolder ? 'workspace' : 'environment' }];
  });
}

async function pythonExtension(): Promise<PythonExtension | undefined> {
  if (!vscode.extensions.getExtension('ms-python.python')) return undefined;
  return await PythonExtension.api();
}
