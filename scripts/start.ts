/** `npm start [-- --headless] [-- --port N]`: builds, says what was found, and opens examples/ in a VS Code with the extension in it. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './lib/build.ts';
import { Cleanup } from './lib/cleanup.ts';
import { DIST, EXAMPLES } from './lib/paths.ts';
import { run } from './lib/processes.ts';
import { stopBackends } from './lib/stop-backends.ts';
import { makeTemporary, removeTemporary } from './lib/temporary.ts';
import { openDesktop } from './start/desktop.ts';
import { serveHeadless } from './start/headless.ts';

const USAGE = `npm start -- [--headless] [--port N]

  --headless  serve the headless VS Code even where a window could be opened
  --port N    the port of the headless VS Code on 127.0.0.1 (default: a free one)`;

interface Options {
  headless: boolean;
  /** 0 for a free one. */
  port: number;
}

function usage(problem: string): never {
  console.error(`${problem}\n\n${USAGE}`);
  process.exit(2);
}

function options(): Options {
  const flags = {
    headless: { type: 'boolean' },
    port: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values } = parseArgs({ options: flags });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const port = Number(values.port ?? 0);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      usage(`--port ${values.port} is not a port (1 to 65535).`);
    return { headless: values.headless === true || port > 0, port };
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

/** Prints what `holdfast doctor` finds. What is wrong it says itself, and the editor opens all the same. */
async function doctor(state: string, signal: AbortSignal): Promise<void> {
  await run(process.execPath, [path.join(DIST, 'cli.js'), 'doctor'], {
    cwd: EXAMPLES,
    env: { ...process.env, HOLDFAST_STATE_DIR: state },
    output: 'inherit',
    signal,
  });
}

async function start({ headless, port }: Options, cleanup: Cleanup): Promise<void> {
  const temporary = await makeTemporary('hf');
  cleanup.defer(() => removeTemporary(temporary));
  const state = path.join(temporary, 's');
  cleanup.defer(() => stopBackends(state));
  await build(cleanup.signal);
  await doctor(state, cleanup.signal);
  const reason = headless ? undefined : await openDesktop(state, cleanup);
  if (!headless && !reason) return;
  if (reason) console.log(`No window of VS Code here: ${reason}. Using the headless one.`);
  await serveHeadless({ temporary, state, port }, cleanup);
}

await using cleanup = new Cleanup();
try {
  await start(options(), cleanup);
} catch (error) {
  if (!cleanup.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
