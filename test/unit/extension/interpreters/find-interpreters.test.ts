import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { HoldfastError } from '../../../../backend/protocol/errors.ts';
import type { LanguageId } from '../../../../backend/workers/language.ts';
import type { Candidate, SearchScope } from '../../../../extension/interpreters/candidate.ts';
import {
  askInterpreter,
  type FoundInterpreter,
  findInterpreters,
} from '../../../../extension/interpreters/find-interpreters.ts';
import { nodePlaces } from '../../../../extension/interpreters/node-places.ts';
import { pythonPlaces } from '../../../../extension/interpreters/python-places.ts';
import { interpreters } from '../../../helpers/python-interpreters.ts';

/** Programs are scripts and links there, which Windows has not. */
const posix = process.platform === 'win32' ? it.skip : it;

describe('the interpreters of a machine', () => {
  let home: string;
  let workspace: string;

  before('ask every Python of this machine once', async function () {
    this.timeout(60_000);
    await interpreters();
    home = await realpath(await mkdtemp(path.join(os.tmpdir(), 'hf-homes-')));
    workspace = path.join(home, 'work');
    await mkdir(workspace);
  });
  after(() => rm(home, { recursive: true, force: true }));

  const scope = (env: NodeJS.ProcessEnv = {}): SearchScope => ({
    home,
    env,
    folders: [workspace],
    platform: process.platform,
  });

  async function find(
    language: LanguageId,
    candidates: readonly Candidate[],
    signal = new AbortController().signal,
  ): Promise<{ last: readonly FoundInterpreter[]; times: number }> {
    let last: readonly FoundInterpreter[] = [];
    let times = 0;
    const onFound = (found: readonly FoundInterpreter[]) => {
      last = found;
      times++;
    };
    await findInterpreters(candidates, { language, workspace, env: process.env, signal, onFound });
    return { last, times };
  }

  posix('are the environments of the workspace, then those of the home, then PATH (POSIX links)', async () => {
    const { path: real } = (await interpreters()).at(-1) ?? assert.fail();
    const own = path.join(workspace, 'tools');
    // What `python -m venv` makes, as far as the interpreter looks at it.
    await mkdir(path.join(own, 'bin'), { recursive: true });
    await symlink(real, path.join(own, 'bin', 'python'));
    await writeFile(path.join(own, 'pyvenv.cfg'), `home = ${path.dirname(real)}\n`);
    await mkdir(path.join(home, '.conda'));
    await writeFile(path.join(home, '.conda', 'environments.txt'), `${path.join(home, 'listed')}\nnot a path\n`);
    await mkdir(path.join(home, '.virtualenvs', 'tea'), { recursive: true });
    const places = await pythonPlaces(scope({ PATH: path.dirname(real), VIRTUAL_ENV: path.join(home, 'active') }));
    assert.deepEqual(
      places.map(({ name, group }) => `${group} ${name}`.trim()).filter((it, index, all) => all.indexOf(it) === index),
      ['workspace tools', 'environment active', 'environment tea', 'environment listed', 'installed'],
    );
    const { last } = await find('python', places);
    assert.deepEqual(
      last.map(({ group, name }) => [group, name]),
      [
        ['workspace', 'tools'],
        ['installed', ''],
      ],
    );
    assert.equal(last[0]?.file.startsWith(own), true);
  });

  it('are told as they are found, each once, under the nearest of their places and by its name', async () => {
    const all = await interpreters();
    const places: Candidate[] = [...all, ...all].map((it, index) => ({
      file: it.path,
      name: index < all.length ? 'named' : '',
      group: index < all.length ? 'environment' : 'configured',
    }));
    // Another file of the same folder is another candidate, and the same interpreter.
    const other = places.map((it) => ({ ...it, file: path.join(path.dirname(it.file), 'python3') }));
    const { last, times } = await find('python', [...places.slice(0, all.length), ...other.slice(all.length)]);
    assert.deepEqual(
      last.map(({ version, name }) => [version, name]),
      all.toReversed().map(({ version }) => [version, 'named']),
    );
    assert.ok(times >= all.length);
  });

  posix('are not those that are no interpreter, or are not there (POSIX scripts)', async () => {
    const liar = path.join(home, 'liar');
    await writeFile(liar, '#!/bin/sh\necho Python\n');
    await chmod(liar, 0o755);
    const candidates = [liar, path.join(home, 'nowhere')].map(
      (file): Candidate => ({ file, name: '', group: 'installed' }),
    );
    assert.deepEqual((await find('python', candidates)).last, []);
  });

  it('are no longer told when nobody listens any more', async () => {
    const all = await interpreters();
    const candidates = all.map(({ path: file }): Candidate => ({ file, name: '', group: 'installed' }));
    assert.equal((await find('python', candidates, AbortSignal.abort())).times, 0);
  });

  posix('are for JavaScript the versions of version managers and PATH (POSIX links)', async () => {
    const bin = path.join(home, '.nvm', 'versions', 'node', 'v24', 'bin');
    await mkdir(bin, { recursive: true });
    await symlink(process.execPath, path.join(bin, 'node'));
    const { last } = await find('javascript', await nodePlaces(scope({ PATH: bin })));
    assert.deepEqual(
      last.map(({ version }) => version),
      [process.versions.node],
    );
  });

  it('say what is wrong with one that a person has entered', async () => {
    const asked = askInterpreter('nowhere/python', { language: 'python', workspace, env: process.env });
    await assert.rejects(asked, (error: unknown) => {
      assert.ok(error instanceof HoldfastError);
      assert.match(error.message, /"nowhere\/python" was not found/);
      return true;
    });
  });
});
