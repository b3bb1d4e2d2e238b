import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TestWorkspace } from '../helpers/backend.ts';
import { type CliOptions, holdfast } from '../helpers/cli.ts';

describe('the command line, with sessions that stay', () => {
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await TestWorkspace.make();
  });
  after(() => workspace.remove());

  const cli = (args: readonly string[], options?: CliOptions) => holdfast(workspace, args, options);
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(path.join(workspace.path, name), text);
    return name;
  };

  it('renames a session', async () => {
    await cli(['run', await file('a.py', 'a = 1'), '--session', 'before']);
    assert.equal((await cli(['rename', 'before', 'after'])).stdout, 'Renamed before to after.\n');
    assert.match((await cli(['namespace', 'after'])).stdout, /^a +int/m);
  });

  it('shows a value and what is below it', async () => {
    await cli(['run', await file('v.js', 'const v = { list: [1, "\\u001b[31m"], text: "x" }'), '--session', 'values']);
    assert.equal(
      (await cli(['inspect', 'values', 'v'])).stdout,
      `v: Object
{ list: [1, "\\u001b[31m"], text: "x" }

NAME  TYPE    SIZE  VALUE
list  Array   2     [1, "\\u001b[31m"]
text  string  1     "x"
`,
    );
    const { lines } = await cli(['inspect', 'values', 'v.list', '--json']);
    assert.equal(lines[0]?.['total'], 2);
    const missing = await cli(['inspect', 'values', 'v.f()']);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /There is no value "v\.f\(\)" in values\. `holdfast namespace` lists/);
  });

  it('prints again what an execution printed', async () => {
    const program = await file('lines.py', "print('one')\nprint('two', end='')");
    const { lines } = await cli(['run', program, '--session', 'lines', '--json']);
    const executionId = String(lines.at(-1)?.['executionId']);
    const { stdout, stderr } = await cli(['output', 'lines', executionId]);
    assert.deepEqual([stdout, stderr], ['one\ntwo', '']);
    const unknown = await cli(['output', 'lines', 'no-such-execution']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /is not kept/);
  });

  it('adds an environment file to a new session', async () => {
    const program = await file('colour.py', "import os\nos.environ['HF_COLOUR']");
    await file('my.env', 'HF_COLOUR=green\n');
    const { stdout } = await cli(['run', program, '--dotenv', 'my.env']);
    assert.equal(stdout, "=> 'green'\n");
    const missing = await cli(['run', program, '--dotenv', 'no.env']);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /no\.env cannot be read \(ENOENT\)/);
  });

  it('says that nothing runs in the background, and refuses a task that is no number', async () => {
    await cli(['run', await file('b.py', 'b = 1'), '--session', 'quiet']);
    assert.equal((await cli(['tasks', 'quiet'])).stdout, 'Nothing runs in the background.\n');
    assert.equal((await cli(['cancel-task', 'quiet', '7'])).stdout, 'It had ended before.\n');
    const wrong = await cli(['cancel-task', 'quiet', 'first']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /It is a whole number/);
  });
});
