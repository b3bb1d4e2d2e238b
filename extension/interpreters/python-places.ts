import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { searchPath } from '../../backend/workers/search-path.ts';
import type { Candidate, Group, SearchScope } from './candidate.ts';
import { foldersIn } from './folders.ts';

/** Folders of a person's home that hold one environment in each folder: virtualenvwrapper, pyenv, conda, Poetry, uv. */
function environmentFolders({ home, env, platform }: SearchScope): readonly string[] {
  const at = (...parts: string[]) => path.join(home, ...parts);
  const conda = ['anaconda3', 'miniconda3', 'miniforge3', 'mambaforge', 'micromamba'];
  return [
    env['WORKON_HOME'] ?? at('.virtualenvs'),
    path.join(env['PYENV_ROOT'] ?? at('.pyenv'), 'versions'),
    at('.conda', 'envs'),
    ...conda.map((name) => at(name, 'envs')),
    ...(platform === 'darwin'
      ? [at('Library/Caches/pypoetry/virtualenvs')]
      : [at('.cache/pypoetry/virtualenvs'), at('.local/share/uv/python')]),
  ];
}

/** Folders that are an environment themselves. */
async function environments(scope: SearchScope): Promise<readonly string[]> {
  const { home, env } = scope;
  const active = [env['VIRTUAL_ENV'], env['CONDA_PREFIX']].filter((folder) => folder !== undefined);
  const below = await Promise.all(environmentFolders(scope).map(foldersIn));
  return [...active, ...below.flat(), ...(await condaList(path.join(home, '.conda', 'environments.txt')))];
}

/** Conda keeps a list of the environments that it made, a path a line. */
async function condaList(file: string): Promise<readonly string[]> {
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => path.isAbsolute(line)).slice(0, 100);
}

/** Folders of a project that are an environment: a virtual one, or one of conda. */
async function workspaceEnvironments(folder: string): Promise<readonly string[]> {
  const below = await foldersIn(folder);
  return below.filter((it) => existsSync(path.join(it, 'pyvenv.cfg')) || existsSync(path.join(it, 'conda-meta')));
}

function interpreterOf(folder: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return path.join(folder, 'bin', 'python');
  const inScripts = path.join(folder, 'Scripts', 'python.exe');
  return existsSync(inScripts) ? inScripts : path.join(folder, 'python.exe');
}

/** Where Pythons are, the nearest first. Runs none of them. */
export async function pythonPlaces(scope: SearchScope): Promise<readonly Candidate[]> {
  const { platform, folders, env, home } = scope;
  const inFolder = (group: Group) => (folder: string) => ({
    file: interpreterOf(folder, platform),
    name: path.basename(folder),
    group,
  });
  const workspace = (await Promise.all(folders.map(workspaceEnvironments))).flat();
  const installed = searchPath(platform === 'win32' ? ['python'] : ['python3', 'python'], env);
  const windows = path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'Programs', 'Python');
  const programs = platform === 'win32' ? (await foldersIn(windows)).map((it) => path.join(it, 'python.exe')) : [];
  return [
    ...workspace.map(inFolder('workspace')),
    ...(await environments(scope)).map(inFolder('environment')),
    ...[...installed, ...programs].map((file): Candidate => ({ file, name: '', group: 'installed' })),
  ];
}
