import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';
import { VERSION } from '../../backend/version.ts';

const run = promisify(execFile);

/** What was measured on what, in one line. */
export async function machine(interpreter: string): Promise<string> {
  const python = (await run(interpreter, ['--version'])).stdout.trim();
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 1024 ** 3);
  const load = os.loadavg()[0]?.toFixed(1);
  return [
    `Holdfast ${VERSION}`,
    `${await system()}, ${os.arch()}`,
    `${os.cpus().length} × ${cpu?.model.trim() || 'CPU'}, ${memory} GiB`,
    python,
    `Node ${process.versions.node}`,
    `load average ${load} at the start`,
  ].join('; ');
}

async function system(): Promise<string> {
  if (process.platform !== 'linux') return `${os.type()} ${os.release()}`;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? os.type();
}
