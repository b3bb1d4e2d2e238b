import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { targetOf } from '../../../../backend/capabilities/policy/target.ts';
import { touchedHost } from '../../../../backend/capabilities/policy/touched-host.ts';
import { isBelow, touchedPath, windowsTrick } from '../../../../backend/capabilities/policy/touched-path.ts';
import { posix } from '../../../helpers/where.ts';

describe('a path is judged by what it leads to', () => {
  let folder: string;
  let inside: string;
  const outside = () => path.join(folder, 'outside');
  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'hf-policy-')));
    inside = path.join(folder, 'w');
    await mkdir(inside);
    await mkdir(outside());
    await writeFile(path.join(outside(), 'secret'), '');
    await writeFile(path.join(inside, 'file'), '');
    for (const [target, name] of [
      [outside(), 'link'],
      [path.join(outside(), 'secret'), 'file-link'],
      [path.join(outside(), 'not-yet'), 'dangling'],
      ['../outside', 'relative'],
      ['link/..', 'up'],
      [path.join(inside, 'loop'), 'loop'],
    ] as const) {
      await symlink(target, path.join(inside, name));
    }
  });
  after(() => rm(folder, { recursive: true }));

  for (const [what, given, expected] of [
    ['a file', 'file', 'w/file'],
    ['one that does not exist yet', 'new/deep/file', 'w/new/deep/file'],
    ['dots', 'a/../../outside/secret', 'outside/secret'],
    ['a link to a folder', 'link/secret', 'outside/secret'],
    ['a link to a file', 'file-link', 'outside/secret'],
    ['a link that leads nowhere yet', 'dangling', 'outside/not-yet'],
    ['a relative link', 'relative/secret', 'outside/secret'],
    ['something new below a link', 'link/new/file', 'outside/new/file'],
    ['a link above its own target', 'up', ''],
    ['dots behind a link', 'link/../outside/secret', 'outside/secret'],
    ['dots behind a link, of what does not exist', 'link/new/../../w/file', 'w/file'],
    ['slashes too many', './/file', 'w/file'],
  ] as const) {
    it(what, async () => {
      const { real } = await touchedPath(`${inside}/${given}`);
      assert.equal(real, path.join(folder, expected));
    });
  }

  it('a link to itself, and so no workspace', async () => {
    const effect = { category: 'read', operation: 'open', path: path.join(inside, 'loop') } as const;
    assert.equal((await targetOf(effect, [inside])).place, 'elsewhere');
  });

  it('what an answer covers is never more than it says', async () => {
    const covered = async (effect: Parameters<typeof targetOf>[0]) => (await targetOf(effect, [])).covers;
    const read = (file: string) => covered({ category: 'read', operation: 'open', path: file });
    assert.equal(await read(path.join(outside(), 'secret')), path.join(outside(), '**'));
    assert.equal(await read(path.join(outside(), '**')), null);
    assert.equal(await read('/file'), '/file');
    assert.equal(await read(outside()), path.join(outside(), '**'), 'of a folder itself, not of the one that it is in');
    assert.equal(await read('/'), '/');
    assert.equal(await covered({ category: 'network', operation: 'fetch', host: '*', port: null }), null);
    assert.equal(await covered({ category: 'environment', operation: 'env', name: '*' }), null);
    const long = ['x', 'a'.repeat(2001)];
    assert.equal(await covered({ category: 'subprocess', operation: 'run', argv: long, cwd: null }), null);
  });

  it('the home folder is not covered with all that is in it, also when it is named by a link', async () => {
    const home = process.env['HOME'];
    try {
      await mkdir(path.join(outside(), 'home'));
      await symlink(path.join(outside(), 'home'), path.join(inside, 'home-link'));
      process.env['HOME'] = path.join(inside, 'home-link');
      for (const name of ['', 'notes']) {
        const file = path.join(outside(), 'home', name);
        const effect = { category: 'read', operation: 'open', path: file } as const;
        assert.equal((await targetOf(effect, [])).covers, file);
      }
    } finally {
      process.env['HOME'] = home;
    }
  });

  posix('a device is in no workspace', async () => {
    const effect = { category: 'read', operation: 'open', path: '/dev/null' } as const;
    assert.equal((await targetOf(effect, ['/'])).place, 'elsewhere');
    assert.equal((await targetOf({ ...effect, path: path.join(inside, 'file') }, [inside])).place, 'workspace');
    assert.equal((await targetOf({ ...effect, path: path.join(inside, 'file-link') }, [inside])).place, 'elsewhere');
  });

  it('a folder whose name begins like another is not in it', () => {
    assert.equal(isBelow('/work', '/workshop/file'), false);
    assert.equal(isBelow('/work', '/work/file'), true);
    assert.equal(isBelow('/work', '/work'), true);
    assert.equal(isBelow('/', '/etc'), true);
  });

  for (const [given, expected] of [
    ['C:\\work\\file.txt', null],
    ['C:/work/file.txt', null],
    ['file.txt', null],
    ['..\\file', null],
    ['\\\\?\\C:\\work', 'a device path'],
    ['\\\\.\\PhysicalDrive0', 'a device path'],
    ['//./pipe/x', 'a device path'],
    ['\\??\\C:\\x', 'a device path'],
    ['\\\\server\\share\\x', 'a share on another machine'],
    ['//server/share', 'a share on another machine'],
    ['C:file', 'a path that depends on the current folder of a drive'],
    ['C:\\file.txt:stream', 'an alternate data stream'],
    ['C:\\file.txt::$DATA', 'an alternate data stream'],
    ['C:\\work\\NUL', 'a device name'],
    ['C:\\work\\con.txt', 'a device name'],
    ['COM1', 'a device name'],
    ['C:\\secret. ', 'a name whose end Windows drops'],
    ['C:\\folder.\\file', 'a name whose end Windows drops'],
  ] as const) {
    it(`Windows: ${JSON.stringify(given)} is ${expected ?? 'a path like any other'}`, () =>
      assert.equal(windowsTrick(given), expected));
  }
});

describe('a host is judged by its one name', () => {
  for (const [given, expected] of [
    ['Example.COM', 'example.com'],
    ['example.com.', 'example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['127.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['[::1]', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['FE80::A', 'fe80::a'],
    [' example.com ', 'example.com'],
    ['999.1.1.1', '999.1.1.1'],
    ['allowed.com%.evil.com', 'allowed.com%.evil.com'],
  ] as const) {
    it(`${JSON.stringify(given)} is ${expected}`, () => assert.equal(touchedHost(given), expected));
  }

  it('has its port beside it', async () => {
    const effect = { category: 'network', operation: 'fetch', host: '::FFFF:1.2.3.4', port: 443 } as const;
    assert.equal((await targetOf(effect, [])).text, '1.2.3.4:443');
    assert.equal((await targetOf({ ...effect, host: '::2', port: null }, [])).text, '[::2]');
  });
});

describe('a command is judged by its arguments', () => {
  for (const [argv, text] of [
    [['git', 'status'], 'git status'],
    [['git', 'commit', '-m', 'two words'], 'git commit -m "two words"'],
    [['/bin/sh', '-c', 'ls | wc'], '/bin/sh -c "ls | wc"'],
    [['/tmp/evil/sh', '-c', 'make'], '/tmp/evil/sh -c make'],
    [['sh:', 'make'], 'sh: make'],
    [['echo', '$(rm -rf /)'], 'echo "$(rm -rf /)"'],
    [['echo', ''], 'echo ""'],
  ] as const) {
    it(JSON.stringify(argv), async () => {
      const effect = { category: 'subprocess', operation: 'run', argv, cwd: null } as const;
      assert.equal((await targetOf(effect, [])).text, text);
    });
  }

  posix(
    'and has the name that a person knows it by only where that leads to it, outside of the workspace',
    async () => {
      const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'hf-programs-')));
      const before = process.env['PATH'];
      try {
        await mkdir(path.join(folder, 'w/bin'), { recursive: true });
        await mkdir(path.join(folder, 'bin'));
        for (const name of ['w/bin/git', 'bin/git', 'other'])
          await writeFile(path.join(folder, name), '', { mode: 0o755 });
        await symlink(path.join(folder, 'w/bin/git'), path.join(folder, 'bin/linked'));
        await symlink(path.join(folder, 'bin'), path.join(folder, 'to-bin'));
        process.env['PATH'] = ['w/bin', 'to-bin', 'none'].map((name) => path.join(folder, name)).join(':');
        const named = async (program: string) => {
          const effect = { category: 'subprocess', operation: 'run', argv: [program], cwd: '/' } as const;
          const { subject } = await targetOf(effect, [path.join(folder, 'w')]);
          return subject.kind === 'command' && subject.named;
        };
        assert.ok(await named(path.join(folder, 'bin/git')));
        for (const name of ['w/bin/git', 'bin/linked', 'other', 'bin/none', 'w/../other'])
          assert.equal(await named(path.join(folder, name)), false, name);
        assert.equal(await named('git'), false);
      } finally {
        process.env['PATH'] = before;
        await rm(folder, { recursive: true });
      }
    },
  );

  it('and its folder', async () => {
    const effect = { category: 'subprocess', operation: 'run', argv: ['make'], cwd: '/a' } as const;
    assert.equal((await targetOf(effect, [])).covers, 'make (in /a)');
  });

  for (const [argv, logged] of [
    [['git', 'push', 'origin', 'main'], 'git push origin …'],
    [['curl', '-H', 'Authorization: Bearer s3cret', 'http://u:s3cret@h/'], 'curl -H … …'],
    [['curl', '-u', 'me:s3cret'], 'curl -u …'],
    [['mysql', '-ps3cret', '--password=s3cret', '--token', 's3cret'], 'mysql -p… --password… --token …'],
    [['/bin/sh', '-c', 'echo s3cret'], '/bin/sh -c …'],
  ] as const) {
    it(`the log has ${logged}`, async () => {
      const effect = { category: 'subprocess', operation: 'run', argv, cwd: null } as const;
      assert.equal((await targetOf(effect, [])).logged, logged);
    });
  }
});
