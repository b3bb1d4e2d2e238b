import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { endGroup, run, spawnGroup } from '../lib/processes.ts';

const START_MS = 60_000;

/** What the server says when it listens: `Web UI available at http://127.0.0.1:41234?tkn=…`. */
const ANNOUNCEMENT = /Web UI available at (http:\/\/\S+)/;

export interface ServerOptions {
  /** The folder that `installVSCodeHost` returned. */
  host: string;
  /** A folder for everything that the editor writes; its owner removes it. */
  dataFolder: string;
  extensionsFolder?: string;
  env?: NodeJS.ProcessEnv;
  /** A free port by default. */
  port?: number;
  extraArguments?: string[];
  /** Folders have to be trusted by the person first, as in a desktop VS Code. Otherwise all are. */
  workspaceTrust?: boolean;
}

export interface Server {
  readonly logFile: string;
  /** Resolves when the server has ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
  /** The address of a workbench, with the token that lets it in. */
  workbenchUrl(folder: string, payload?: [string, string][]): string;
  /** A file of this machine as the workbench names it: its address is the authority of the remote. */
  remoteUri(file: string): string;
  stop(): Promise<void>;
}

function dataArguments({ dataFolder, extensionsFolder }: ServerOptions): string[] {
  const extensions = extensionsFolder ?? path.join(dataFolder, 'extensions');
  return ['--server-data-dir', dataFolder, '--user-data-dir', dataFolder, '--extensions-dir', extensions];
}

function serverFile(host: string): string {
  return path.join(host, 'out/server-main.js');
}

/** The environment of the server, which its extension host inherits: no trace of an editor that this script may itself run in. */
function environment({ env, dataFolder }: ServerOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(VSCODE|ELECTRON)_/.test(name));
  // Sockets of the extension host go there; a long path would not fit into a socket address.
  return { ...Object.fromEntries(own), XDG_RUNTIME_DIR: path.join(dataFolder, 'run'), ...env };
}

/** Installs a VSIX for servers with the same data and extensions folders. */
export async function installExtension(options: ServerOptions, vsix: string): Promise<void> {
  const args = [serverFile(options.host), ...dataArguments(options), '--install-extension', vsix, '--force'];
  const ended = await run(process.execPath, args, { env: environment(options), output: 'capture', deadline: START_MS });
  if (ended.code !== 0) throw new Error(`VS Code did not install ${vsix}.\n${ended.output}`);
}

/** Starts a headless VS Code on 127.0.0.1. Only who knows its token can open it. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { dataFolder } = options;
  await mkdir(path.join(dataFolder, 'run'), { recursive: true, mode: 0o700 });
  const token = randomBytes(16).toString('hex');
  const tokenFile = path.join(dataFolder, 'token');
  await writeFile(tokenFile, token, { mode: 0o600 });

  const child = spawnGroup(
    process.execPath,
    [
      serverFile(options.host),
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
      ...['--connection-token-file', tokenFile, '--accept-server-license-terms', '--telemetry-level', 'off'],
      ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
      ...dataArguments(options),
      ...(options.extraArguments ?? []),
    ],
    { env: environment(options), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const logFile = path.join(dataFolder, 'server.log');
  const log = createWriteStream(logFile);
  let announced = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<URL>((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`The headless VS Code ${reason}.\n${announced}`));
    const timer = setTimeout(() => {
      void endGroup(child);
      fail(`did not listen within ${START_MS / 1000} s`);
    }, START_MS);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended at its start (${signal ?? `exit code ${code}`})`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        log.write(bytes);
        if (announced.length > 100_000) return;
        announced += bytes.toString('utf8');
        const url = ANNOUNCEMENT.exec(announced)?.[1];
        if (!url) return;
        clearTimeout(timer);
        resolve(new URL(url));
      });
    }
  });

  return {
    logFile,
    ended,
    workbenchUrl(folder, payload = []) {
      const url = new URL(`http://127.0.0.1:${address.port}/`);
      url.searchParams.set('tkn', token);
      url.searchParams.set('folder', folder);
      if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
      return url.toString();
    },
    remoteUri: (file) => `vscode-remote://127.0.0.1:${address.port}${encodeURI(file)}`,
    async stop() {
      await endGroup(child);
      await new Promise((resolve) => log.end(resolve));
    },
  };
}
