import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Configure, DEFAULT_SETTINGS } from '../../backend/protocol/client/index.ts';
import { StateFolder } from '../../backend/rpc/state-folder.ts';
import { TestWorkspace } from '../helpers/backend.ts';
import { type CliOptions, holdfast } from '../helpers/cli.ts';

const PROGRAMS = {
  python: [
    'first.py',
    'import math\nx = [1]\ny = {"x": x}\nbig = bytes(range(256)) * 4000\ndef f(): return x\nlock = __import__("threading").Lock()',
  ],
  javascript: [
    'first.js',
    "import { sep } from 'node:path'\nconst x = [1]\nconst y = { x }\nconst big = 'ab'.repeat(200_000)\nfunction f() { return x }\nconst lock = new WeakMap()",
  ],
} as const;
const QUESTIONS = {
  python: ['ask.py', '(y["x"] is x, len(big), f() is x)', '=> (True, 1024000, True)\n'],
  javascript: ['ask.js', '[y.x === x, big.length, f() === x]', '=> [ true, 400000, true ]\n'],
} as const;

const stateOf = (workspace: TestWorkspace) => StateFolder.of(workspace.path, workspace.env);

/** There are only those that are asked for, however long it takes. */
async function noneByThemselves(workspace: TestWorkspace): Promise<void> {
  const client = await workspace.connect();
  const checkpoints = { ...DEFAULT_SETTINGS.checkpoints, automatic: false };
  await client.request(Configure, { ...DEFAULT_SETTINGS, checkpoints });
  client.close();
}

for (const language of ['python', 'javascript'] as const) {
  describe(`checkpoints of a ${language} session, from the command line`, () => {
    let workspace: TestWorkspace;
    before(async () => {
      workspace = await TestWorkspace.make();
    });
    beforeEach(() => noneByThemselves(workspace));
    after(() => workspace.remove());

    const cli = (args: readonly string[], options?: CliOptions) => holdfast(workspace, args, options);
    const run = async ([name, text]: readonly string[], session: string) => {
      await writeFile(path.join(workspace.path, name ?? ''), text ?? '');
      return cli(['run', name ?? '', '--session', session]);
    };
    const folder = async () => (await stateOf(workspace)).checkpointsFolder;

    it('are made, listed, and restored into a new worker, a new session, and after the backend was killed', async () => {
      await run(PROGRAMS[language], 'work');
      const made = await cli(['checkpoint', 'work', '--name', 'before lunch']);
      assert.match(
        made.stdout,
        /^Made before lunch: 3 stored, 1 by source, 1 by import, 1 not stored \(.*\)\.\n {2}lock: /,
      );
      const [listed] = (await cli(['checkpoints', '--json'])).lines;
      assert.deepEqual(
        [listed?.['name'], listed?.['stored'], listed?.['notStored'], listed?.['foreign']],
        ['before lunch', 3, 1, false],
      );

      await cli(['restart', 'work']);
      const restored = await cli(['restore', 'work']);
      assert.match(
        restored.stdout,
        /^From before lunch of work: 3 restored, 1 rebuilt, 1 imported, 1 lost\.\n {2}lock: /,
      );
      assert.equal((await run(QUESTIONS[language], 'work')).stdout, QUESTIONS[language][2]);

      const file = await (await stateOf(workspace)).readBackendFile();
      assert(file && file !== 'corrupt');
      process.kill(file.pid, 'SIGKILL');
      await run([`empty.${language === 'python' ? 'py' : 'js'}`, '1'], 'other');
      const again = await cli(['restore', 'other', 'before lunch', '--only', 'x', '--json']);
      assert.deepEqual(again.lines[0]?.['variables'], [{ name: 'x', how: 'restored', reason: null }]);
      assert.match((await cli(['namespace', 'other'])).stdout, /^x .*/m);
      assert.doesNotMatch((await cli(['namespace', 'other'])).stdout, /^y .*/m);
    });

    it('are restored in part without what only other variables need', async () => {
      await run(PROGRAMS[language], 'part');
      await cli(['checkpoint', 'part', '--name', 'part']);
      await rm(path.join(await folder(), 'blobs'), { recursive: true });
      assert.match((await cli(['restore', 'part', 'part'])).stderr, /A part of the checkpoint is missing/);
      const restored = await cli(['restore', 'part', 'part', '--only', 'x', '--json']);
      assert.deepEqual(restored.lines[0]?.['variables'], [{ name: 'x', how: 'restored', reason: null }]);
      await cli(['remove-checkpoint', 'part']);
    });

    it('store what is the same once, and delete it with the last that has it', async () => {
      await run(PROGRAMS[language], 'twice');
      await cli(['checkpoint', 'twice', '--name', 'one']);
      const blobs = await readdir(path.join(await folder(), 'blobs'));
      await cli(['checkpoint', 'twice', '--name', 'two']);
      assert.deepEqual(await readdir(path.join(await folder(), 'blobs')), blobs);
      assert.equal((await cli(['rename-checkpoint', 'two', 'three'])).stdout, 'two is called three now.\n');
      for (const { name } of (await cli(['checkpoints', '--json'])).lines as { name: string }[]) {
        await cli(['remove-checkpoint', name]);
      }
      assert.deepEqual(await readdir(path.join(await folder(), 'blobs')), []);
      assert.equal((await cli(['checkpoints'])).stdout, 'No checkpoints.\n');
    });

    it('travel as one file, which another workspace restores only when it is trusted', async () => {
      await run(PROGRAMS[language], 'origin');
      await cli(['checkpoint', 'origin', '--name', 'mine']);
      const file = path.join(workspace.path, 'mine.checkpoint');
      assert.match((await cli(['export-checkpoint', 'mine', file])).stdout, /^Wrote mine to /);
      if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
      const other = await TestWorkspace.make();
      try {
        const there = (args: readonly string[]) => holdfast(other, args);
        assert.match(
          (await there(['import-checkpoint', file, '--name', 'theirs'])).stdout,
          /^Took in theirs: 3 stored/,
        );
        const [name, text] = QUESTIONS[language];
        await writeFile(path.join(other.path, name), '1');
        await there(['run', name, '--session', 'target']);
        const refused = await there(['restore', 'target', 'theirs']);
        assert.equal(refused.code, 2);
        assert.match(refused.stderr, /was not made in this workspace.*pickle executes code.*--trust says that you do/);
        assert.match((await there(['restore', 'target', 'theirs', '--trust'])).stdout, /3 restored/);
        await writeFile(path.join(other.path, name), text);
        assert.equal((await there(['run', name, '--session', 'target'])).stdout, QUESTIONS[language][2]);
      } finally {
        await other.remove();
      }
      // Back home it is our own again.
      await cli(['remove-checkpoint', 'mine']);
      await cli(['import-checkpoint', file]);
      assert.match((await cli(['restore', 'origin', 'mine'])).stdout, /3 restored/);
    });
  });
}

describe('checkpoints: what goes wrong', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await TestWorkspace.make();
    await noneByThemselves(workspace);
    await writeFile(path.join(workspace.path, 'a.py'), 'a = list(range(100_000))');
    await writeFile(path.join(workspace.path, 'a.js'), 'const a = 1');
    await cli(['run', 'a.py', '--session', 'python']);
    await cli(['run', 'a.js', '--session', 'javascript']);
    await cli(['checkpoint', 'python', '--name', 'good']);
  });
  after(() => workspace.remove());

  const cli = (args: readonly string[], options?: CliOptions) => holdfast(workspace, args, options);
  async function refused(args: readonly string[], message: RegExp): Promise<void> {
    const { code, stderr } = await cli(args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }

  it('names that are not there, are taken, or belong to another language', async () => {
    await refused(['checkpoint', 'nobody'], /There is no session "nobody"/);
    await refused(['restore', 'python', 'nothing'], /There is no checkpoint "nothing"\. There are: "good"/);
    await refused(['restore', 'python', 'good', '--only', 'b'], /The checkpoint has no variable b/);
    await refused(['restore', 'javascript', 'good'], /is one of python, the session one of javascript/);
    await refused(['restore', 'javascript'], /There is no checkpoint of javascript/);
    await refused(['checkpoint', 'python', '--name', 'good'], /There is a checkpoint named "good" already/);
  });

  it('files that are none, of a later version, cut off, changed, or cannot be written', async () => {
    const file = (name: string) => path.join(workspace.path, name);
    await cli(['export-checkpoint', 'good', file('good.checkpoint')]);
    await refused(['export-checkpoint', 'good', file('good.checkpoint')], /cannot be written \(EEXIST\)/);
    await refused(['export-checkpoint', 'good', file('no/folder/x')], /cannot be written \(ENOENT\)/);
    await refused(['import-checkpoint', file('missing')], /cannot be read \(ENOENT\)/);
    await writeFile(file('text'), 'hello');
    await refused(['import-checkpoint', file('text')], /It is no checkpoint/);
    await writeFile(file('later'), 'holdfast-checkpoint 2\n....');
    await refused(['import-checkpoint', file('later')], /It has version 2, which this Holdfast does not know/);
    const good = await readFile(file('good.checkpoint'));
    for (const length of [22, 30, 500, good.length - 1]) {
      await writeFile(file('cut'), good);
      await truncate(file('cut'), length);
      await refused(['import-checkpoint', file('cut')], /The checkpoint is damaged/);
    }
    const changed = Buffer.from(good);
    changed.writeUInt8((changed.at(-100) ?? 0) ^ 1, changed.length - 100);
    await writeFile(file('changed'), changed);
    await refused(['import-checkpoint', file('changed')], /The checkpoint is damaged/);
  });

  it('a blob that is gone or damaged on disk', async () => {
    const blobs = path.join((await stateOf(workspace)).checkpointsFolder, 'blobs');
    const [blob = ''] = await readdir(blobs);
    const bytes = await readFile(path.join(blobs, blob));
    await writeFile(path.join(blobs, blob), bytes.subarray(0, 100));
    await refused(['restore', 'python', 'good'], /A part of the checkpoint is damaged on disk/);
    await writeFile(path.join(blobs, blob), bytes);
    assert.match((await cli(['restore', 'python', 'good'])).stdout, /1 restored/);
  });

  it('a folder that cannot be written', async () => {
    if (process.platform === 'win32' || process.getuid?.() === 0) {
      // Root writes where it may not: a file in the place of the folder stops it, too.
      const other = await TestWorkspace.make();
      try {
        await writeFile(path.join(other.path, 'a.py'), 'a = 1');
        await holdfast(other, ['run', 'a.py', '--session', 's']);
        await writeFile((await stateOf(other)).checkpointsFolder, '');
        const { code, stderr } = await holdfast(other, ['checkpoint', 's']);
        assert.equal(code, 2);
        assert.match(stderr, /Checkpoints cannot be kept in .* \((EEXIST|ENOTDIR)\)/);
      } finally {
        await other.remove();
      }
      return;
    }
    const folder = (await stateOf(workspace)).checkpointsFolder;
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o500);
    await refused(['checkpoint', 'python'], /Checkpoints cannot be kept in .* \(EACCES\)/);
    await chmod(folder, 0o700);
  });
});
