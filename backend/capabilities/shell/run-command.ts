import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Stream } from '../../protocol/values.ts';
import { CapabilityError } from '../capability-error.ts';
import { collect } from './collect.ts';
import { checkFolder, findExecutable } from './executable.ts';
import { guarded } from './guarded.ts';
import { endTree } from './process-tree.ts';

export interface Command {
  /** A program, looked for on the path of `env`, and its arguments. */
  readonly argv: readonly string[];
  /** The last argument is for `cmd.exe` as it is. */
  readonly verbatim: boolean;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly input: Uint8Array;
  readonly timeoutSeconds: number | null;
  /** Aborted: the command is ended, with what it has started. */
  readonly signal: AbortSignal;
  /** Is waited for: a slow reader holds the command back. */
  output(stream: Stream, bytes: Uint8Array): Promise<void>;
}

export interface Ended {
  readonly exitCode: number | null;
  /** The signal that ended it. */
  readonly signal: string | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** It wrote more than is kept. */
  readonly truncated: boolean;
}

/**
 * Settles when the command has ended and all that it wrote has been handed over.
 * @throws CapabilityError `failed` when it cannot be started, `timeout`
 */
export async function runCommand(command: Command): Promise<Ended> {
  await checkFolder(command.cwd);
  const [called = '', ...rest] = command.argv;
  const argv = [await findExecutable(called, command.cwd, command.env), ...rest];
  const timeout = command.timeoutSeconds === null ? [] : [AbortSignal.timeout(command.timeoutSeconds * 1000)];
  const given = AbortSignal.any([command.signal, ...timeout]);
  given.throwIfAborted();
  const child = start({ ...command, argv });
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const { argv, timeoutSeconds } = command;
    const late = `The command did not end in ${timeoutSeconds} s, and was ended: ${argv.join(' ').slice(0, 500)}`;
    stop = () => reject(timeout[0]?.aborted ? new CapabilityError('timeout', late) : given.reason);
  });
  given.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([finished(child, command), stopped]);
  } catch (error) {
    // The guard would end it at once, and what has left its group would be out of sight: fd 3 stays open until then.
    void endTree(child).finally(() => child.stdio?.[3]?.destroy());
    throw error;
  } finally {
    given.removeEventListener('abort', stop);
    for (const stream of child.stdio?.slice(0, 3) ?? []) stream?.destroy();
  }
}

function start({ argv, verbatim, cwd, env }: Command): ChildProcess {
  const [file = '', ...args] = guarded(argv);
  return spawn(file, args, {
    cwd,
    env,
    // Its own process group, so that it can be ended with what it starts.
    detached: process.platform !== 'win32',
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
}

async function finished(child: ChildProcess, command: Command): Promise<Ended> {
  const exited = new Promise<Pick<Ended, 'exitCode' | 'signal'>>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(new CapabilityError('failed', `The command could not be started: ${error.message}`, error.code));
    });
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  // Node leaves them out when it had no descriptors left to make them.
  if (!child.stdio) return (await exited) as never;
  const [stdin, stdout, stderr, lifeline] = child.stdio as unknown as [Writable, Readable, Readable, Writable];
  // A command need not read what it is given, and may be gone before.
  for (const pipe of [stdin, lifeline]) pipe.on('error', () => {});
  stdin.end(command.input);
  const [out, err, { exitCode, signal }] = await Promise.all([
    collect(stdout, (bytes) => command.output('stdout', bytes)),
    collect(stderr, (bytes) => command.output('stderr', bytes)),
    exited.finally(() => lifeline.end('done\n')),
  ]);
  return { exitCode, signal, stdout: out.bytes, stderr: err.bytes, truncated: out.truncated || err.truncated };
}
