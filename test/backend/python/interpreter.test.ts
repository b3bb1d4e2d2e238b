import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { HoldfastError } from '../../../backend/protocol/errors.ts';
import type { Interpreter } from '../../../backend/workers/language.ts';
import { python } from '../../../backend/workers/python/language.ts';
import { interpreters } from '../../helpers/python-interpreters.ts';

const [real] = await interpreters();
assert(real);

describe('finding a Python interpreter', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-find-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A stand-in for an interpreter that only answers what it is. */
  async function fake(file: string, version: string): Promise<string> {
    const full = path.join(folder, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, `#!/bin/sh\necho ${version}\necho ${full}\n`);
    await chmod(full, 0o755);
    return full;
  }

  /** Without what only a real interpreter can tell. */
  const place = ({ path: file, version, origin }: Interpreter) => ({ path: file, version, origin });
  const find = (options: { configured?: string; env?: NodeJS.ProcessEnv } = {}) =>
    python.find({ configured: options.configured ?? null, workspace: folder, env: { PATH: '', ...options.env } });

  async function refusal(search: Promise<unknown>): Promise<string> {
    const error: unknown = await search.then(
      () => null,
      (reason: unknown) => reason,
    );
    assert(error instanceof HoldfastError && error.code === 'unavailable', String(error));
    return error.message;
  }

  it('takes the configured one and nothing else', async () => {
    await fake('.venv/bin/python3', '3.13.0');
    const found = await find({ configured: real.path });
    assert.deepEqual([found.version, found.origin], [real.version, 'setting']);
    assert.ok(path.isAbsolute(found.path));
  });

  it('a configured one may be relative, a folder, or a name on PATH', async () => {
    const file = await fake('env/bin/python3', '3.10.1');
    for (const configured of ['env/bin/python3', 'env']) assert.equal((await find({ configured })).path, file);
    const env = { PATH: path.dirname(file) };
    assert.equal((await find({ configured: 'python3', env })).path, file);
  });

  it('names the folders whose change makes a worker out of date', async () => {
    const { stdout } = await promisify(execFile)(real.path, ['-c', 'import site; print(*site.getsitepackages())']);
    const { watched, path: file } = await find({ configured: real.path, env: { HOME: folder } });
    assert.deepEqual(watched.slice(0, 2), [path.join(path.dirname(file), '../pyvenv.cfg'), stdout.trim()]);
    assert.ok(watched[2]?.startsWith(path.join(folder, '.local')), String(watched));
  });

  it('goes from the workspace to the active environment to PATH', async () => {
    const onPath = await fake('bin/python3', '3.12.0');
    const active = await fake('active/bin/python3', '3.11.0');
    const env = { PATH: path.dirname(onPath), VIRTUAL_ENV: path.join(folder, 'active') };
    assert.deepEqual(place(await find({ env })), { path: active, version: '3.11.0', origin: 'VIRTUAL_ENV' });
    const own = await fake('venv/bin/python3', '3.10.0');
    assert.deepEqual(place(await find({ env })), { path: own, version: '3.10.0', origin: 'venv' });
    assert.equal((await find({ env: { PATH: path.dirname(onPath) } })).origin, 'venv');
  });

  it('passes over what is too old or broken on PATH while a newer one follows', async () => {
    await fake('a/python3', '3.8.18');
    await symlink('/nowhere', path.join(folder, 'b'));
    await mkdir(path.join(folder, 'c/python3'), { recursive: true });
    const broken = path.join(folder, 'd/python3');
    await mkdir(path.dirname(broken));
    await writeFile(broken, '#!/bin/sh\necho "pyenv: not installed" >&2; exit 127\n');
    await chmod(broken, 0o755);
    const good = await fake('e/python', '3.9.0');
    const PATH = ['relative', ...['a', 'b', 'c', 'd', 'e'].map((name) => path.join(folder, name))].join(path.delimiter);
    assert.deepEqual(place(await find({ env: { PATH } })), { path: good, version: '3.9.0', origin: 'PATH' });
  });

  it('says what was found, what is needed and which setting to change', async () => {
    await fake('bin/python3', '3.8.18');
    const tooOld = await refusal(find({ env: { PATH: path.join(folder, 'bin') } }));
    assert.match(tooOld, /Python 3\.9 or newer is needed; found: .*python3 is Python 3\.8\.18/);
    for (const search of [
      find(),
      find({ configured: '/no/such/python' }),
      find({ env: { PATH: path.join(folder, 'bin') } }),
    ]) {
      assert.match(await refusal(search), /holdfast\.python\.interpreter/);
    }
    assert.match(await refusal(find({ configured: '/no/such/python' })), /"\/no\/such\/python" was not found/);
    const noPython = path.join(folder, 'ls');
    await symlink('/bin/ls', noPython);
    assert.match(await refusal(find({ configured: noPython })), /ls: /);
  });
});
