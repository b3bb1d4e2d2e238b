import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as lockfile from 'proper-lockfile';
import { inRoot } from '../lib/paths.ts';
import { run } from '../lib/processes.ts';

const PINNED = path.join(import.meta.dirname, 'pinned');
const PINNED_FILES = ['package.json', 'package-lock.json'];
const INSTALL_MINUTES = 10;

/** Where downloaded editors are kept: inside the clone unless `HOLDFAST_VSCODE_CACHE` names a folder that several clones share. */
export function cacheFolder(): string {
  return process.env['HOLDFAST_VSCODE_CACHE'] ?? inRoot('.vscode-test');
}

/**
 * Installs the headless VS Code (code-server's npm package, at the version of pinned/package-lock.json) on first need.
 * Returns the folder of its VS Code server. Two installs at once wait for each other, and a cut-off one is not taken for whole.
 * @throws when the registry cannot be reached or the system is one that code-server does not support.
 */
export async function installVSCodeHost(signal?: AbortSignal): Promise<string> {
  if (process.platform === 'win32') throw new Error('The headless VS Code (code-server) does not run on Windows.');
  const folder = path.join(cacheFolder(), `host-${await pinnedHash()}`);
  const server = path.join(folder, 'node_modules/code-server/lib/vscode');
  if (existsSync(folder)) return server;

  await mkdir(cacheFolder(), { recursive: true });
  const release = await lockfile.lock(cacheFolder(), {
    lockfilePath: path.join(cacheFolder(), 'host.lock'),
    stale: 10_000,
    retries: { retries: INSTALL_MINUTES * 60, minTimeout: 1_000, maxTimeout: 1_000, factor: 1 },
  });
  try {
    if (!existsSync(folder)) await installInto(folder, signal);
  } finally {
    await release();
  }
  return server;
}

async function pinnedHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of PINNED_FILES) hash.update(await readFile(path.join(PINNED, name)));
  return hash.digest('hex').slice(0, 12);
}

async function installInto(folder: string, signal: AbortSignal | undefined): Promise<void> {
  console.log('Installing the headless VS Code (once, about 1 GB) …');
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  for (const name of PINNED_FILES) await copyFile(path.join(PINNED, name), path.join(partial, name));
  try {
    await npm(partial, ['ci'], signal);
    // What code-server's own install script does (not `ci`: its shrinkwrap files lack a package). Its native modules are left out: they need a compiler, and only the terminal,
    // which Holdfast does not use, is missing without them.
    const server = path.join(partial, 'node_modules/code-server/lib/vscode');
    await npm(server, ['install', '--omit=dev'], signal);
    await npm(path.join(server, 'extensions'), ['install', '--omit=dev'], signal);
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function npm(cwd: string, args: string[], signal: AbortSignal | undefined): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  // Under `npm test` npm names its own file; run by this Node it does not warn that code-server wants Node 24.
  const cli = process.env['npm_execpath'];
  const byNode = cli?.endsWith('.js');
  const ended = await run(byNode ? process.execPath : 'npm', [...(byNode && cli ? [cli] : []), ...args, ...quiet], {
    cwd,
    // The settings of the npm that runs us belong to this project (`npm_config_local_prefix`), not to that folder.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'npm_config_local_prefix')),
    output: 'capture',
    ...(signal ? { signal } : {}),
  });
  if (signal?.aborted) throw new Error('The installation was interrupted.');
  if (ended.code !== 0) {
    throw new Error(
      `Installing the headless VS Code failed (npm ${args.join(' ')}, exit code ${ended.code}).\n${ended.output}`,
    );
  }
}
