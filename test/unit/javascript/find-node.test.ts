import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HoldfastError } from '../../../backend/protocol/errors.ts';
import { javascript } from '../../../backend/workers/javascript/language.ts';

describe('Finding Node (not on Windows: the programs asked are shell scripts)', () => {
  let folder: string;

  before(async function () {
    if (process.platform === 'win32') this.skip();
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-node-'));
    await program('old/node', 'echo 18.20.0');
    await program('new/node', 'echo 99.0.0');
    await program('broken/node', 'exit 3');
    await program('silly/node', 'echo hello');
  });

  after(() => (folder ? rm(folder, { recursive: true }) : undefined));

  async function program(name: string, script: string): Promise<void> {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }

  const search = (configured: string | null, ...folders: string[]) =>
    javascript.find({
      configured,
      workspace: folder,
      env: { PATH: folders.map((name) => path.join(folder, name)).join(path.delimiter) },
    });

  it('takes the setting, relative to the workspace', async () => {
    assert.deepEqual(await search('new/node'), {
      path: path.join(folder, 'new/node'),
      version: '99.0.0',
      origin: 'setting',
      watched: [],
    });
  });

  it('takes a name on PATH and a path below the home folder from the setting', async () => {
    const env = { PATH: path.join(folder, 'new'), HOME: folder };
    for (const configured of ['node', '~/new/node']) {
      const found = await javascript.find({ configured, workspace: '/', env });
      assert.deepEqual([found.path, found.origin], [path.join(folder, 'new/node'), 'setting']);
    }
  });

  for (const [configured, message] of [
    ['old/node', /is Node 18\.20\.0; Holdfast needs 20\.12\.0 or newer.*holdfast\.javascript\.nodePath/],
    ['nodejs99', /There is no program "nodejs99" on PATH.*holdfast\.javascript\.nodePath/],
    ['none/node', /there is no such file.*holdfast\.javascript\.nodePath/],
    ['broken/node', /cannot be used as Node.*holdfast\.javascript\.nodePath/],
    ['silly/node', /does not tell a version.*holdfast\.javascript\.nodePath/],
  ] as const) {
    it(`refuses ${configured} in the setting, and says what to do`, async () => {
      await assert.rejects(
        search(configured),
        (error) => error instanceof HoldfastError && error.code === 'unavailable' && message.test(error.message),
      );
    });
  }

  it('passes over what is too old or broken on PATH', async () => {
    assert.equal((await search(null, 'old', 'broken', 'silly', 'new')).version, '99.0.0');
  });

  it('falls back to the Node that runs this', async () => {
    assert.deepEqual(await search(null, 'old'), {
      path: process.execPath,
      version: process.versions.node,
      origin: 'bundled',
      watched: [],
    });
  });
});
