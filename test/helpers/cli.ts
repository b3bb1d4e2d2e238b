import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { dist, type TestWorkspace } from './backend.ts';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** With `--json`: what each line says. */
  readonly lines: readonly Record<string, unknown>[];
}

export interface CliOptions {
  /** Standard input; without it there is none. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
  /** Called with the process, to send signals. */
  readonly started?: (pid: number) => void;
  /** Called with all that was written to a stream so far, whenever there is more. */
  readonly wrote?: (stream: 'stdout' | 'stderr', written: string) => void;
}

/** Runs the command line in a workspace, as a person would in a terminal's pipe. */
export async function holdfast(
  workspace: TestWorkspace,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  const child = spawn(options.node ?? process.execPath, [path.join(dist, 'cli.js'), ...args], {
    cwd: workspace.path,
    env: { ...workspace.env, ...options.env },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const exit = once(child, 'close');
  child.stdin?.end(options.input);
  if (child.pid !== undefined) options.started?.(child.pid);
  if (!child.stdout || !child.stderr) throw new Error('The pipes are missing.');
  if (options.wrote) {
    reports(child.stdout, 'stdout', options.wrote);
    reports(child.stderr, 'stderr', options.wrote);
  }
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exit) as [number | null];
  const lines = args.includes('--json')
    ? stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];
  return { code, stdout, stderr, lines };
}

function reports(from: Readable, stream: 'stdout' | 'stderr', wrote: NonNullable<CliOptions['wrote']>): void {
  let written = '';
  from.on('data', (chunk: Buffer) => {
    written += chunk.toString('utf8');
    wrote(stream, written);
  });
}
