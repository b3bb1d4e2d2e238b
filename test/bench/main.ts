import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';
import { VERSION } from '../../backend/version.ts';
import { findIpykernel, Ipykernel } from './ipykernel.ts';
import { coldRows, warmRows } from './rows.ts';
import type { Summary } from './stats.ts';

const run = promisify(execFile);

/** One measurement of one contender. `ratio`: its median over that of the row it is compared with. */
export interface Row {
  readonly table: string;
  readonly name: string;
  readonly summary: Summary;
  readonly ratio: number | null;
}

function print(rows: readonly Row[]): void {
  let table = '';
  for (const { table: own, name, summary, ratio } of rows) {
    if (own !== table) {
      console.log(
        `\n### ${own}\n\n| | p50 ms | p99 ms | min – max ms | runs | ratio |\n| --- | ---: | ---: | ---: | ---: | ---: |`,
      );
      table = own;
    }
    const { p50, p99, min, max, count } = summary;
    const cells = [name, p50.toFixed(2), p99.toFixed(2), `${min.toFixed(2)} – ${max.toFixed(2)}`, String(count)];
    console.log(`| ${cells.join(' | ')} | ${ratio === null ? '' : `${ratio.toFixed(3)} ×`} |`);
  }
}

async function machine(): Promise<string> {
  const python = (await run('python3', ['--version'])).stdout.trim();
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 1024 ** 3);
  return `Holdfast ${VERSION}; ${os.type()} ${os.arch()}, ${os.cpus().length} × ${cpu?.model.trim() || 'CPU'}, ${memory} GiB; ${python}, Node ${process.versions.node}`;
}

const json = process.argv.includes('--json');
const python = await findIpykernel();
const ipykernel = python ? new Ipykernel(python) : undefined;
try {
  const rows = [...(await coldRows(ipykernel)), ...(await warmRows(ipykernel))];
  const where = await machine();
  if (json) console.log(JSON.stringify({ machine: where, rows }, null, 2));
  else {
    console.log(where);
    if (!ipykernel) console.log('ipykernel: not to be had here (no pip).');
    print(rows);
  }
} finally {
  await ipykernel?.close();
}
