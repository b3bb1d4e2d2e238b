import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type Blocks, LoopProbe, PERIOD } from './loop-probe.ts';

/** `LoopProbe` in a program of its own. */
const PROGRAM = `const late = [];
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  late.push(Math.max(0, now - last - ${PERIOD}));
  last = now;
}, ${PERIOD});
process.stdin.resume().on('end', () => process.stdout.write(JSON.stringify(late), () => process.exit()));
process.stderr.write('ready');`;

/**
 * What keeps this event loop waiting for so many milliseconds, and beside it that of a process which has nothing to do with the editor: what
 * the machine gives to nobody is in both.
 */
export async function blocksFor(milliseconds: number): Promise<Blocks> {
  const bystander = spawn(process.execPath, ['-e', PROGRAM], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await once(bystander.stderr, 'data');
  const probe = new LoopProbe();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const own = probe.stop();
  bystander.stdin.end();
  return { ...own, beside: JSON.parse(await text(bystander.stdout)) };
}
