import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CreateCheckpoint } from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { holdfast } from '../helpers/cli.ts';
import { Terminal } from '../helpers/terminal.ts';

/** Clears a terminal, sets its title, and begins another row of a table. C1 forms included. */
const HOSTILE = 'a\x1b[2J\x9b2J\x1b]0;title\x07\rb\nc';

describe('what the command line says of names and texts that it was given', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;
  let session: TestSession;

  before(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
    session = await TestSession.open(client, 'python', { name: HOSTILE });
    const quoted = JSON.stringify(HOSTILE);
    await session.run(
      `import asyncio; x = 1; kept = asyncio.ensure_future(asyncio.sleep(1000)); kept.set_name(${quoted})`,
    );
    await session.run(`class Odd: pass\nOdd.__name__ = ${quoted}\nodd = Odd()\nglobals()[${quoted}] = 1`);
  });
  after(async () => {
    client.close();
    await workspace.remove();
  });

  async function says(args: readonly string[], stdin?: string): Promise<string> {
    const { stdout, stderr } = await holdfast(workspace, args, stdin === undefined ? {} : { input: stdin });
    const text = stdout + stderr;
    assert.doesNotMatch(
      text,
      /[\x00-\x08\x0b-\x1f\x7f-\x9f]/,
      `${args[0]} gives the terminal orders: ${JSON.stringify(text)}`,
    );
    return text;
  }

  it('gives the terminal no orders: sessions, variables, tasks', async () => {
    const rows = (await says(['sessions'])).trimEnd().split('\n');
    assert.equal(rows.length, 2, 'a name cannot begin a row');
    await says(['sessions', '--json']);
    await says(['namespace', HOSTILE]);
    await says(['namespace', HOSTILE, '--json']);
    await says(['inspect', HOSTILE, 'odd']);
    await says(['tasks', HOSTILE]);
    await says(['history']);
    await says(['history', '--json']);
  });

  it('gives the terminal no orders: checkpoints', async () => {
    const checkpoint = { sessionId: session.id, name: HOSTILE };
    assert.equal((await client.request(CreateCheckpoint, checkpoint)).checkpoint.name, HOSTILE);
    await says(['checkpoints']);
    await says(['checkpoints', '--json']);
    await says(['checkpoint', HOSTILE, '--name', `${HOSTILE} 2`]);
    await says(['restore', HOSTILE, HOSTILE]);
    await says(['restore', HOSTILE, HOSTILE, '--json']);
    await says(['restore', HOSTILE, 'nothing']);
    await says(['export-checkpoint', HOSTILE, path.join(workspace.path, 'x.checkpoint')]);
    await says(['rename-checkpoint', HOSTILE, `${HOSTILE} 3`]);
    await says(['remove-checkpoint', `${HOSTILE} 3`]);
  });

  it('gives the terminal no orders: errors, notices, what was lost', async () => {
    const file = path.join(workspace.path, 'program.py');
    await writeFile(file, `notify(${JSON.stringify(HOSTILE)})\nraise ValueError(${JSON.stringify(HOSTILE)})`);
    await says(['run', file]);
    await says(['run', file, '--json']);
    await says(['restart', 'nobody\x1b[2J']);
    await says(['run', `${file}\x1b[2J`]);
    await says(['rename', HOSTILE, `${HOSTILE} 2`]);
    await says(['restart', `${HOSTILE} 2`]);
    await says(['kill', `${HOSTILE} 2`]);
  });
});

describe('the command line at a terminal', () => {
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await TestWorkspace.make();
  });
  after(() => workspace.remove());

  async function answerElsewhere(value: string): Promise<void> {
    const { lines } = await holdfast(workspace, ['prompts', '--json']);
    await holdfast(workspace, ['answer', String(lines[0]?.['promptId']), value]);
  }

  it('takes a question back that was answered elsewhere: what is typed then is for the next one (not on Windows: no pty)', async function () {
    if (process.platform === 'win32') this.skip();
    await writeFile(
      path.join(workspace.path, 'ask.py'),
      'print("hi", input("First? "))\nprint("bye", input("Second? "))',
    );
    const runs = new Terminal(workspace, ['run', 'ask.py', '--session', 'asks']);
    await runs.shows('First? ');
    await answerElsewhere('you');
    await runs.shows('Second? ');
    const looks = new Terminal(workspace, ['attach', 'asks']);
    await looks.shows('Second? ');
    looks.type('typed\r');
    await Promise.all([runs.ended(), looks.ended()]);
    for (const { shown } of [runs, looks]) assert.match(shown, /hi you\r\n[\s\S]*bye typed\r\n/);

    const again = new Terminal(workspace, ['run', 'ask.py', '--session', 'asks']);
    await again.shows('First? ');
    await answerElsewhere('you');
    await again.shows('Second? ');
    again.type('typed\r');
    await again.ended();
    // Two questions at once would each show what is typed.
    assert.match(again.shown, /Second\? [^t]*typed[^t]*bye typed/);
  });
});
