import path from 'node:path';
import { searchPath } from '../../backend/workers/search-path.ts';
import type { Candidate, SearchScope } from './candidate.ts';
import { foldersIn } from './folders.ts';

/** Where Node.js is, the nearest first: the versions that nvm, fnm, Volta, asdf and mise have installed, and PATH. Runs none. */
export async function nodePlaces({ home, env, platform }: SearchScope): Promise<readonly Candidate[]> {
  const at = (...parts: string[]) => path.join(home, ...parts);
  const managers = [
    path.join(env['NVM_DIR'] ?? at('.nvm'), 'versions', 'node'),
    path.join(env['FNM_DIR'] ?? at('.local', 'share', 'fnm'), 'node-versions'),
    at('.volta', 'tools', 'image', 'node'),
    at('.asdf', 'installs', 'nodejs'),
    at('.local', 'share', 'mise', 'installs', 'node'),
    ...(platform === 'win32' && env['APPDATA'] ? [path.join(env['APPDATA'], 'nvm')] : []),
  ];
  const versions = (await Promise.all(managers.map(foldersIn))).flat();
  const inside = platform === 'win32' ? ['node.exe'] : ['bin/node', 'installation/bin/node'];
  return [
    ...versions.flatMap((folder) =>
      inside.map((file): Candidate => ({ file: path.join(folder, file), name: '', group: 'environment' })),
    ),
    ...searchPath(['node'], env).map((file): Candidate => ({ file, name: '', group: 'installed' })),
  ];
}
