import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AnswerPrompt, CreateCheckpoint } from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { type CliOptions, type CliResult, holdfast } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';

const CODE = {
  python: `for i in range(3000): print("before", i, "ü€🙂")
name = input("who? ")
for i in range(3000): print("after", i, "ü€🙂")
name`,
  javascript: `for (let i = 0; i < 3000; i++) console.log("before", i, "ü€🙂")
const name = await input("who? ")
for (let i = 0; i < 3000; i++) console.log("after", i, "ü€🙂")
name`,
} as const;

describe('holdfast attach', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;

  before(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
  });
  after(() => workspace.remove());

  const cli = (args: readonly string[], options?: CliOptions) => holdfast(workspace, args, options);
  const printed = ({ lines }: CliResult) =>
    lines.flatMap((line) => (line['type'] === 'output' && line['stream'] === 'stdout' ? [line['text']] : [])).join('');
  const kinds = ({ lines }: CliResult) => lines.map(({ type }) => type).filter((type) => type !== 'output');

  for (const language of ['python', 'javascript'] as const) {
    it(`shows what runs and its question, each byte once, from the beginning or from behind an event: ${language}`, async () => {
      const name = `whole-${language}`;
      const session = await TestSession.open(client, language, { name });
      const { executionId, ended } = await session.start(CODE[language]);
      await session.prompt(executionId);
      // Nobody answers there: it waits for who does.
      const asked = Promise.withResolvers<void>();
      const waiting = cli(['attach', name, '--json'], {
        wrote: (stream, written) => {
          if (stream === 'stderr' && written.includes('VALUE)')) asked.resolve();
        },
      });
      await asked.promise;
      const [first, second] = await Promise.all([cli(['attach', name, '--json', '--answer', 'Ada']), waiting]);
      await ended;
      const { stdout } = session.transcript(executionId);
      for (const shown of [first, second]) {
        assert.equal(printed(shown), stdout);
        assert.deepEqual(kinds(shown), ['cell', 'started', 'capability_request', 'result', 'finished']);
        assert.equal(shown.code, 0);
      }
      assert.match(second.stderr, /who\? \(holdfast answer \S+ VALUE\)/);

      const outputs = first.lines.filter(({ type }) => type === 'output');
      const middle = Number(outputs[Math.floor(outputs.length / 2)]?.['sequence']);
      const early = first.lines.filter(({ sequence }) => Number(sequence) <= middle);
      const late = await cli(['attach', name, '--json', '--after', String(middle)]);
      assert.equal(printed({ ...first, lines: early }) + printed(late), stdout);
      assert.match(late.stderr, new RegExp(`Nothing runs in ${name}`));
    });
  }

  it('exits with what became of the code that ran, with all that waited, and names each', async () => {
    const session = await TestSession.open(client, 'python', { name: 'fails' });
    await session.run('print("earlier")\n1 / 0', { file: '/somewhere/earlier.py', line: 3 });
    const { executionId } = await session.start('input()', { file: '/somewhere/now.py' });
    await session.start('print("last")\nundefined_name', { file: '/somewhere/now.py', line: 9 });
    await session.prompt(executionId);
    const { code, stdout, stderr } = await cli(['attach', 'fails', '--answer', 'x']);
    assert.equal(stdout, "# earlier.py, line 3\nearlier\n# now.py, line 1\nx\n=> 'x'\n# now.py, line 9\nlast\n");
    assert.match(stderr, /ZeroDivisionError[\s\S]*NameError/);
    assert.equal(code, 1);
    // What failed before it looked is not of what it waited for.
    assert.equal((await cli(['attach', 'fails'])).code, 0);
  });

  it('ends on Ctrl+C, and what runs goes on', async () => {
    const session = await TestSession.open(client, 'python', { name: 'left' });
    const { executionId, ended } = await session.start('print("begun")\ninput()');
    const { promptId } = await session.prompt(executionId);
    let pid = 0;
    const { code, stderr } = await cli(['attach', 'left', '--follow'], {
      started: (started) => {
        pid = started;
      },
      wrote: (stream, written) => {
        if (stream === 'stdout' && written.endsWith('begun\n')) process.kill(pid, 'SIGINT');
      },
    });
    assert.equal(code, 130);
    assert.match(stderr, /What runs in left goes on/);
    await client.request(AnswerPrompt, { promptId, value: 'still there' });
    assert.deepEqual(
      [(await ended).status, session.transcript(executionId).lines.at(-1)],
      ['succeeded', "=> 'still there'"],
    );
  });

  it('says what became of the variables of a worker that went away, to which the lost run points', async () => {
    await writeFile(path.join(workspace.path, 'dies.py'), 'kept = 1\n# %%\nimport os; os._exit(9)\n');
    const { code, stderr } = await cli(['run', 'dies.py', '--session', 'dies']);
    assert.equal(code, 3);
    assert.match(stderr, /Lost: .*code 9[\s\S]*What became of its variables: holdfast attach "dies"/);
    await eventually(async () =>
      assert.match(
        (await cli(['attach', 'dies'])).stderr,
        /variables: 0 as they were, 0 older, 1 lost \(no checkpoint\)\. Lost: kept\./,
      ),
    );
  });

  it('says that there is no such session, and which there are', async () => {
    const { code, stderr } = await cli(['attach', 'nobody']);
    assert.equal(code, 2);
    assert.match(stderr, /There is no session "nobody"\. There are: /);
  });
});

describe('the command line, after the backend was killed', () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await TestWorkspace.make();
    const client = await workspace.connect();
    const session = await TestSession.open(client, 'python', { name: 'slept' });
    await session.run('kept = 7');
    await client.request(CreateCheckpoint, { sessionId: session.id, name: 'copy' });
    const gone = new Promise((resolve) => client.onClose(resolve));
    process.kill(client.hello.pid, 'SIGKILL');
    await gone;
  });
  afterEach(() => workspace.remove());

  const cli = (args: readonly string[]) => holdfast(workspace, args);

  it('lists the sessions that come back', async () => {
    const { lines } = await cli(['sessions', '--json']);
    assert.deepEqual(
      lines.map(({ name, state }) => [name, state]),
      [['slept', 'asleep']],
    );
  });

  it('does not take one that sleeps for an empty one', async () => {
    for (const args of [
      ['checkpoint', 'slept'],
      ['namespace', 'slept'],
      ['inspect', 'slept', 'kept'],
      ['attach', 'slept'],
    ]) {
      const { stdout, stderr } = await cli(args);
      assert.match(
        stdout + stderr,
        /(slept|The session) sleeps: its backend went away\. Its variables come back/,
        args[0],
      );
    }
  });

  it('says of when variables are that come back, and that what came after it is lost', async () => {
    await writeFile(path.join(workspace.path, 'asks.py'), 'kept');
    const { stdout, stderr } = await cli(['run', 'asks.py', '--session', 'slept']);
    assert.equal(stdout, '=> 7\n');
    assert.match(
      stderr,
      /The backend went away; variables back from the checkpoint of 20\d\d-\S+ \S+: 1\. What came after it is lost\.\n/,
    );
  });

  it('restores into one of them', async () => {
    assert.equal(
      (await cli(['restore', 'slept', 'copy'])).stdout,
      'From copy of slept: 1 restored, 0 rebuilt, 0 imported, 0 lost.\n',
    );
    assert.match((await cli(['namespace', 'slept'])).stdout, /^kept +int +7/m);
  });
});
