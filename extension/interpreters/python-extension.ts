import { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';

/** The Python extension's interpreter for the workspace; null when it is not installed or has chosen none. */
export async function activeEnvironment(folder: vscode.Uri | undefined): Promise<string | null> {
  const api = await pythonExtension();
  if (!api) return null;
  const environment = await api.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath(folder));
  return environment?.executable.uri?.fsPath ?? null;
}

/** Paths of the interpreters that the Python extension knows of. */
export async function knownEnvironments(): Promise<string[]> {
  const api = await pythonExtension();
  const files = api?.environments.known.map(({ executable }) => executable.uri?.fsPath) ?? [];
  return files.filter((file) => file !== undefined);
}

async function pythonExtension(): Promise<PythonExtension | undefined> {
  if (!vscode.extensions.getExtension('ms-python.python')) return undefined;
  return await PythonExtension.api();
}
