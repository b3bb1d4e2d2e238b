import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { dist, type TestWorkspace } from './backend.ts';

/** Python's `pty` puts the command behind a terminal and passes on what is typed and shown. POSIX only. */
const BEHIND_A_TERMINAL = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';

/** The command line at a terminal. */
export class Terminal {
  shown = '';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exit: Promise<unknown>;

  constructor(workspace: TestWorkspace, args: readonly string[]) {
    this.#child = spawn('python3', ['-c', BEHIND_A_TERMINAL, process.execPath, path.join(dist, 'cli.js'), ...args], {
      cwd: workspace.path,
      env: { ...workspace.env, TERM: 'xterm' },
    });
    this.#exit = once(this.#child, 'close');
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.shown += chunk.toString('utf8');
    });
  }

  /** Settles when that is shown. Rejects when the command ends without it. */
  async shows(text: string): Promise<void> {
    while (!this.shown.includes(text)) {
      if (this.#child.stdout.readableEnded) throw new Error(`It never showed ${text}, but:\n${this.shown}`);
      await Promise.race([once(this.#child.stdout, 'data'), this.#exit]);
    }
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Settles when the command has ended. */
  async ended(): Promise<void> {
    await this.#exit;
  }
}
