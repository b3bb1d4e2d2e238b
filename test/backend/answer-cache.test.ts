import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AnswerCache } from '../../backend/sessions/answer-cache.ts';
import type { Interpreter } from '../../backend/workers/language.ts';
import { python } from '../../backend/workers/python/language.ts';
import { interpreters } from '../helpers/python-interpreters.ts';

const [real, other] = await twoInterpreters();

describe('remembering what interpreters answer (not on Windows: the programs asked are shell scripts)', () => {
  let folder: string;
  let workspace: string;
  let asked: number;
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-answers-'));
    workspace = path.join(folder, 'project');
    await mkdir(workspace);
    asked = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function script(name: string, text: string): Promise<string> {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${text}\n`);
    await chmod(file, 0o755);
    return file;
  }

  /** A version manager like pyenv: the version is in `.python-version`, and its programs are links to real interpreters. */
  async function manager(): Promise<string> {
    for (const { version, path: file } of [real, other]) {
      await mkdir(path.join(folder, `root/versions/${version}`), { recursive: true });
      await writeFile(path.join(folder, `root/versions/${version}/real`), file);
    }
    const pyenv = await script(
      'root/libexec/pyenv',
      `root=${folder}/root; version=\${PYENV_VERSION:-$(cat .python-version 2>/dev/null || cat "$root/version")}\n` +
        'shift 2; exec "$(cat "$root/versions/$version/real")" "$@"',
    );
    await writeFile(path.join(folder, 'root/version'), `${real.version}\n`);
    return script('root/shims/python3', `exec "${pyenv}" exec python3 "$@"`);
  }

  const find = (cache: AnswerCache, configured: string, env: NodeJS.ProcessEnv = {}) =>
    python.find({
      configured,
      workspace,
      env: { PATH: process.env['PATH'], ...env },
      answers: {
        of: (question, ask) =>
          cache.of(question, () => {
            asked++;
            return ask();
          }),
      },
    });

  it('asks an interpreter once', async () => {
    const cache = new AnswerCache();
    const first = await find(cache, real.path);
    assert.deepEqual(await find(cache, real.path), first);
    assert.equal(first.version, real.version);
    assert.equal(asked, 1);
  });

  it('asks again when a link leads to another interpreter', async () => {
    const cache = new AnswerCache();
    const link = path.join(folder, 'python3');
    await symlink(real.path, link);
    assert.equal((await find(cache, link)).version, real.version);
    await rm(link);
    await symlink(other.path, link);
    assert.equal((await find(cache, link)).version, other.version);
  });

  it('asks again when a virtual environment is made anew', async () => {
    const cache = new AnswerCache();
    const bin = path.join(folder, '.venv/bin');
    await mkdir(bin, { recursive: true });
    await symlink(real.path, path.join(bin, 'python3'));
    await writeFile(path.join(folder, '.venv/pyvenv.cfg'), `home = ${path.dirname(real.path)}\n`);
    await find(cache, bin.slice(0, -4));
    await find(cache, bin.slice(0, -4));
    assert.equal(asked, 1);
    await writeFile(path.join(folder, '.venv/pyvenv.cfg'), `home = ${path.dirname(real.path)}\nversion = 1\n`);
    await find(cache, bin.slice(0, -4));
    assert.equal(asked, 2);
  });

  it('asks a shim once, and again for another project version, global version, variable or shim', async () => {
    const cache = new AnswerCache();
    const shim = await manager();
    assert.equal((await find(cache, shim)).version, real.version);
    assert.equal((await find(cache, shim)).version, real.version);
    assert.equal(asked, 1);

    await writeFile(path.join(folder, 'root/version'), `${other.version}\n`);
    assert.equal((await find(cache, shim)).version, other.version);
    await writeFile(path.join(workspace, '.python-version'), `${real.version}\n`);
    assert.equal((await find(cache, shim)).version, real.version);
    await writeFile(path.join(workspace, '.python-version'), `${other.version}\n`);
    assert.equal((await find(cache, shim)).version, other.version);
    assert.equal((await find(cache, shim, { PYENV_VERSION: real.version })).version, real.version);
    assert.equal(asked, 5);

    await rm(path.join(workspace, '.python-version'));
    assert.equal((await find(cache, shim)).version, other.version);
    await script('root/shims/python3', `# pyenv exec\nexec ${real.path} "$@"`);
    assert.equal((await find(cache, shim)).version, real.version);
  });

  it('remembers no script that may decide by anything', async () => {
    const cache = new AnswerCache();
    const wrapper = await script('wrapper', `exec "$(cat ${folder}/choice)" "$@"`);
    await writeFile(path.join(folder, 'choice'), real.path);
    assert.equal((await find(cache, wrapper)).version, real.version);
    await writeFile(path.join(folder, 'choice'), other.path);
    assert.equal((await find(cache, wrapper)).version, other.version);
  });

  it('keeps the answers in a file of the user alone for the next backend, without the environment', async () => {
    const file = path.join(folder, 'interpreters.json');
    const first = new AnswerCache(file);
    const answer = await find(first, real.path, { PYTHON_SECRET: 'hunter2' });
    await first.flush();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.doesNotMatch(await readFile(file, 'utf8'), /hunter2/);
    assert.deepEqual(await find(new AnswerCache(file), real.path, { PYTHON_SECRET: 'hunter2' }), answer);
    assert.equal(asked, 1);
  });

  it('asks when the file holds something else', async () => {
    const file = path.join(folder, 'interpreters.json');
    for (const text of ['{', '{"format":2,"answers":[]}', '{"format":1,"answers":[["x",{"answer":1}]]}']) {
      await writeFile(file, text);
      const cache = new AnswerCache(file);
      assert.equal((await find(cache, real.path)).version, real.version);
      await cache.flush();
      await find(new AnswerCache(file), real.path);
    }
    assert.equal(asked, 3);
  });

  it('goes on when the file cannot be written', async () => {
    const cache = new AnswerCache(path.join(folder, 'none/interpreters.json'));
    assert.equal((await find(cache, real.path)).version, real.version);
    await cache.flush();
  });
});

async function twoInterpreters(): Promise<readonly [Interpreter, Interpreter]> {
  const [one, two] = await interpreters();
  assert(one && two, 'Two versions of Python are needed.');
  return [one, two];
}
