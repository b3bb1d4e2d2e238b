import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, writeSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DurablePromises } from './durable/durable-promises.ts';
import { ExecutionHistory } from './durable/execution-history.ts';
import { PromptRecords } from './durable/prompt-records.ts';
import { IdleWatch } from './idle-watch.ts';
import { log, logError } from './log.ts';
import { Machines } from './machines/machines.ts';
import { lock } from './rpc/client.ts';
import { type BackendFile, StateFolder } from './rpc/state-folder.ts';
import { Server } from './server.ts';
import { outputPipes } from './sessions/worker-pipes.ts';
import { VERSION } from './version.ts';

/** Where the client that started the backend waits for `ready`. */
const REPORT_FD = 3;

/** Runs the backend of one workspace until it is stopped or idle. Started by `connectBackend`, which holds the lock meanwhile. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { workspace: { type: 'string' }, 'idle-timeout': { type: 'string', default: '3600' } },
  });
  if (!values.workspace) throw new Error('--workspace is missing.');
  const folder = await StateFolder.of(values.workspace);
  const file: BackendFile = {
    pid: process.pid,
    socket: await folder.newSocketPath(),
    token: randomBytes(32).toString('hex'),
    version: VERSION,
  };

  // Opened while the first session starts.
  const promises = new DurablePromises({ kind: 'embedded', folder: folder.promisesFolder }, folder.storageFile);
  const prompts = new PromptRecords(promises);
  const folders = { output: folder.outputFolder, values: folder.valuesFolder };
  const history = new ExecutionHistory(promises, prompts, folders);

  let ending = false;
  const end = async (why: string) => {
    if (ending) return;
    ending = true;
    log(`Ends: ${why}`);
    await server.sessions.store();
    await folder.removeBackendFile(file);
    await server.close();
    process.exit(0);
  };
  const endIdle = async () => {
    // Not while others are locked out.
    await server.sessions.store();
    // Without its folder no client can find this backend any more: there is nobody to shut out.
    const unlock = existsSync(folder.path) ? await lock(folder) : async () => {};
    // A client may have connected while we waited for the lock.
    if (server.clients === 0 && server.sessions.runningExecutions === 0) await end('idle.');
    await unlock();
  };
  const endLogged = (why: string) => end(why).catch((error) => fail('The backend could not end in order', error));

  const server = new Server({
    workspace: folder.workspace,
    token: file.token,
    workers: path.join(__dirname, 'workers'),
    output: folder.outputFolder,
    stateFolder: folder.path,
    checkpoints: folder.checkpointsFolder,
    promises,
    prompts,
    steps: folder.stepsFolder,
    history,
    machines: new Machines(promises),
    answers: folder.answersFile,
    records: folder.sessionsFile,
    logFile: folder.logFile,
    activity: () => idle?.update(),
    stop: () => void endLogged('a client asked for it.'),
  });
  let idle: IdleWatch | undefined;

  outputPipes.prepare();
  await server.sessions.revive();
  await server.listen(file.socket);
  if (process.platform !== 'win32') await chmod(file.socket, 0o600);
  await folder.writeBackendFile(file);
  idle = new IdleWatch(
    Number(values['idle-timeout']) * 1000,
    () => ({
      clients: server.clients,
      sessions: server.sessions.all.length,
      runningExecutions: server.sessions.runningExecutions,
    }),
    () =>
      void endIdle().catch((error) => {
        logError('Could not end when idle; tries again later', error);
        idle?.update();
      }),
  );
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void endLogged(`${signal}.`));
  // One bug must not take every session with it: it is in the log, and the request it belongs to has failed.
  process.on('uncaughtException', (error) => logError('Uncaught', error));
  process.on('unhandledRejection', (error) => logError('Unhandled', error));
  log(`Holdfast ${VERSION} for ${folder.workspace}, process ${process.pid}, Node ${process.versions.node}.`);
  report('ready\n');
}

function report(message: string): void {
  writeSync(REPORT_FD, message);
  closeSync(REPORT_FD);
}

function fail(what: string, error: unknown): never {
  logError(what, error);
  process.exit(1);
}

main().catch((error: unknown) => {
  report(`${error instanceof Error ? error.message : String(error)}\n`);
  fail('The backend did not start', error);
});
