import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmod,
  mkdir,
  readFile as read,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile as write,
} from 'node:fs/promises';
import path from 'node:path';
import { listFiles } from '../../../backend/capabilities/list-files.ts';
import { readFile } from '../../../backend/capabilities/read-file.ts';
import { writeFile } from '../../../backend/capabilities/write-file.ts';
import { posix } from '../../helpers/where.ts';
import { effectsOf, fails, perform, temporaryFolder } from './perform.ts';

describe('read_file', () => {
  it('gives the bytes of a file, also of one whose size is not told', async () => {
    const file = path.join(await temporaryFolder(), 'a');
    await write(file, Uint8Array.of(0, 255, 10));
    assert.deepEqual([...((await perform(readFile, { path: file })).payload ?? [])], [0, 255, 10]);
    if (process.platform === 'linux')
      assert.match((await perform(readFile, { path: '/proc/self/status' })).text, /Pid:/);
  });

  it('is judged as a read', async () => {
    assert.deepEqual(await effectsOf(readFile, { path: '/a/../b' }), [
      { category: 'read', operation: 'read_file', path: '/a/../b' },
    ]);
  });

  it('says what is wrong with a path', async () => {
    const folder = await temporaryFolder();
    await assert.rejects(
      perform(readFile, { path: path.join(folder, 'no') }),
      fails('failed', /No such file.*no$/, 'ENOENT'),
    );
    await assert.rejects(perform(readFile, { path: folder }), fails('failed', /It is a folder/, 'EISDIR'));
    await assert.rejects(perform(readFile, { path: 'a' }), /The path is not absolute/);
    await assert.rejects(perform(readFile, { path: '/a\0b' }), /NUL/);
  });

  posix('reads no devices and no pipes', async () => {
    const pipe = path.join(await temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const file of ['/dev/zero', pipe]) {
      await assert.rejects(perform(readFile, { path: file }), fails('failed', /device, a pipe or a socket/, 'EINVAL'));
    }
  });

  it('has a limit, and says what to do', async () => {
    const file = path.join(await temporaryFolder(), 'large');
    await write(file, '');
    await truncate(file, 64 * 1024 * 1024 + 1);
    await assert.rejects(perform(readFile, { path: file }), fails('failed', /64 MiB.*in parts/, 'EFBIG'));
    await truncate(file, 64 * 1024 * 1024);
    assert.equal((await perform(readFile, { path: file })).payload?.length, 64 * 1024 * 1024);
  });
});

describe('write_file', () => {
  it('writes a new file, and replaces one with its mode kept', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'a.txt');
    await perform(writeFile, { path: file }, { payload: 'one' });
    assert.equal(await read(file, 'utf8'), 'one');
    await chmod(file, 0o640);
    await perform(writeFile, { path: file }, { payload: 'two' });
    assert.equal(await read(file, 'utf8'), 'two');
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.deepEqual(await readdir(folder), ['a.txt'], 'nothing is left beside it');
  });

  posix('leaves a link one, and writes what it points to', async () => {
    const folder = await temporaryFolder();
    await write(path.join(folder, 'real'), 'old');
    await symlink('real', path.join(folder, 'link'));
    await perform(writeFile, { path: path.join(folder, 'link') }, { payload: 'new' });
    assert.equal(await read(path.join(folder, 'real'), 'utf8'), 'new');
  });

  it('says what is wrong, and changes nothing', async () => {
    const folder = await temporaryFolder();
    await assert.rejects(
      perform(writeFile, { path: folder }, { payload: 'x' }),
      fails('failed', /It is a folder/, 'EISDIR'),
    );
    const missing = path.join(folder, 'no', 'a');
    await assert.rejects(
      perform(writeFile, { path: missing }, { payload: 'x' }),
      fails('failed', /No such file or folder/, 'ENOENT'),
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it('is not done when nobody waits for it any more', async () => {
    const folder = await temporaryFolder();
    const signal = AbortSignal.abort();
    await assert.rejects(perform(writeFile, { path: path.join(folder, 'a') }, { payload: 'x', signal }));
    assert.deepEqual(await readdir(folder), []);
  });
});

describe('list_files', () => {
  const list = async (folder: string, pattern: string) =>
    JSON.parse((await perform(listFiles, { folder, pattern })).text);

  async function folderWith(...files: string[]): Promise<string> {
    const folder = await temporaryFolder();
    for (const file of files) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
      await write(path.join(folder, file), '');
    }
    return folder;
  }

  it('lists files that match, sorted, with their paths below the folder', async () => {
    const folder = await folderWith(
      'b.csv',
      'a.csv',
      'c.txt',
      '.hidden.csv',
      'sub/d.csv',
      'sub/deep/e.csv',
      '.git/f.csv',
    );
    assert.deepEqual(await list(folder, '*'), ['a.csv', 'b.csv', 'c.txt']);
    assert.deepEqual(await list(folder, '*.csv'), ['a.csv', 'b.csv']);
    assert.deepEqual(await list(folder, '**/*.csv'), ['a.csv', 'b.csv', 'sub/d.csv', 'sub/deep/e.csv']);
    assert.deepEqual(await list(folder, 'sub/**'), ['sub/d.csv', 'sub/deep/e.csv']);
    assert.deepEqual(await list(folder, 's?b/*'), ['sub/d.csv']);
    assert.deepEqual(await list(folder, '[!ab].*'), ['c.txt']);
    assert.deepEqual(await list(folder, '{a,c}.{csv,txt}'), ['a.csv', 'c.txt']);
    assert.deepEqual(await list(folder, '.*'), ['.hidden.csv']);
    assert.deepEqual(await list(folder, 'A.csv'), []);
  });

  posix('lists links to files, and follows none to a folder', async () => {
    const folder = await folderWith('a');
    await symlink('a', path.join(folder, 'to-file'));
    await symlink('.', path.join(folder, 'to-folder'));
    await symlink('nothing', path.join(folder, 'to-nothing'));
    assert.deepEqual(await list(folder, '**'), ['a', 'to-file']);
  });

  it('stays below the folder', async () => {
    const folder = await temporaryFolder();
    for (const pattern of ['../*', 'a/../../b', '/etc/*', 'C:/x', '..']) {
      await assert.rejects(list(folder, pattern), /stays below the folder/, pattern);
    }
    await assert.rejects(list(path.join(folder, 'no'), '*'), fails('failed', /No such file/, 'ENOENT'));
  });

  it('no pattern is slow', async () => {
    const folder = await folderWith('a'.repeat(200));
    assert.deepEqual(await list(folder, `${'*a'.repeat(150)}b`), []);
    assert.deepEqual(await list(folder, `${'{a,b}'.repeat(60)}`), []);
  });
});

describe('what was judged is what is touched, also when a link is put there meanwhile', () => {
  let folder: string;
  const inside = (...names: string[]) => path.join(folder, 'inside', ...names);
  beforeEach(async () => {
    folder = await temporaryFolder();
    for (const place of ['inside', 'outside']) {
      await mkdir(path.join(folder, place, 'sub'), { recursive: true });
      await write(path.join(folder, place, 'file'), place);
    }
  });

  const calls = {
    read_file: () => perform(readFile, { path: inside('file') }, { touched: inside('file') }),
    write_file: () => perform(writeFile, { path: inside('file') }, { touched: inside('file'), payload: 'x' }),
    list_files: () => perform(listFiles, { folder: inside(), pattern: '**' }, { touched: inside() }),
  };
  for (const [name, call] of Object.entries(calls)) {
    posix(`${name}, by a link in place of the folder`, async () => {
      await rename(inside(), path.join(folder, 'away'));
      await symlink(path.join(folder, 'outside'), inside());
      await assert.rejects(
        call(),
        fails('failed', /became something else while it was looked at: .*Try again/, 'ELOOP'),
      );
      assert.equal(await read(path.join(folder, 'outside/file'), 'utf8'), 'outside');
      assert.deepEqual(await readdir(path.join(folder, 'outside')), ['file', 'sub']);
    });
  }

  for (const name of ['read_file', 'write_file'] as const) {
    posix(`${name}, by a link in place of the file`, async () => {
      await rm(inside('file'));
      await symlink(path.join(folder, 'outside/file'), inside('file'));
      await assert.rejects(calls[name](), fails('failed', /became something else/, 'ELOOP'));
      assert.equal(await read(path.join(folder, 'outside/file'), 'utf8'), 'outside');
    });
  }
});
