import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PatternList } from '../../../../backend/capabilities/policy/patterns.ts';
import type { Subject, Target } from '../../../../backend/capabilities/policy/target.ts';
import type { Category } from '../../../../backend/protocol/security.ts';

const WORKSPACE = path.resolve('/work');

function target(category: Category, subject: Subject): Target {
  return { category, place: 'elsewhere', subject, text: '', covers: '', logged: '' };
}
const file = (name: string) => target('read', { kind: 'path', path: path.resolve(name) });
const host = (name: string, port: number | null = 443) => target('network', { kind: 'host', host: name, port });
const command = (called: string, ...rest: string[]) =>
  target('subprocess', {
    kind: 'command',
    argv: [called, ...rest],
    real: path.isAbsolute(called) ? called : null,
    named: called.startsWith('/usr/bin/'),
  });
const variable = (name: string | null) => target('environment', { kind: 'name', name });

describe('patterns of the settings', () => {
  for (const [pattern, matched, refused] of [
    ['data/**', [file('/work/data'), file('/work/data/a/b.csv')], [file('/work/database'), file('/data/a')]],
    ['data/*.csv', [file('/work/data/a.csv')], [file('/work/data/b/a.csv'), file('/work/data/a.csvx')]],
    ['**/*.pem', [file('/work/a.pem'), file('/work/a/b/c.pem')], [file('/etc/a.pem'), file('/work/apem')]],
    ['/etc/**', [file('/etc/passwd')], [file('/etcetera')]],
    ['~/notes/?.txt', [file(path.join(os.homedir(), 'notes/a.txt'))], [file(path.join(os.homedir(), 'notes/ab.txt'))]],
    ['/a.b/c+(d)', [file('/a.b/c+(d)')], [file('/axb/c+(d)')]],
  ] as const) {
    it(`path ${pattern}`, () => {
      const list = new PatternList({ read: [pattern] }, WORKSPACE);
      for (const one of matched) assert.ok(list.matches(one), JSON.stringify(one.subject));
      for (const one of refused) assert.ok(!list.matches(one), JSON.stringify(one.subject));
    });
  }

  it('paths are matched as what they lead to: the workspace, the home folder and what a pattern begins with may be links', async () => {
    const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'hf-patterns-')));
    const home = process.env['HOME'];
    try {
      await mkdir(path.join(folder, 'real'));
      const link = path.join(folder, 'link');
      await symlink(path.join(folder, 'real'), link);
      process.env['HOME'] = link;
      for (const pattern of ['data/**', '~/data/*', `${link}/data/a.csv`, `${folder}/real/data/?.csv`]) {
        const list = new PatternList({ read: [pattern] }, link);
        assert.ok(list.matches(file(path.join(folder, 'real/data/a.csv'))), pattern);
        assert.ok(!list.matches(file(path.join(folder, 'data/a.csv'))), pattern);
      }
    } finally {
      process.env['HOME'] = home;
      await rm(folder, { recursive: true });
    }
  });

  for (const [pattern, matched, refused] of [
    ['example.com', [host('example.com'), host('example.com', null)], [host('a.example.com'), host('example.org')]],
    [
      '*.example.com:443',
      [host('a.example.com'), host('a.b.example.com')],
      [host('example.com'), host('a.example.com', 80), host('evilexample.com')],
    ],
    ['127.1', [host('127.0.0.1')], [host('127.0.0.2')]],
    ['[::1]:8080', [host('::1', 8080)], [host('::1', 80)]],
    ['localhost:*', [host('localhost', 1), host('localhost', null)], [host('localhost.evil')]],
    ['*', [host('anything'), host('unix:/run/docker.sock', null)], []],
    [
      'unix:/run/docker.sock',
      [host('unix:/run/docker.sock', null)],
      [host('unix:/run/docker.sock2', null), host('/run/docker.sock', null)],
    ],
    ['unix:run/*', [host('unix:/work/run/a', null)], [host('unix:/work/run/a/b', null), host('unix:/run/a', null)]],
    ['unix:@bus-*', [host('unix:@bus-1', null)], [host('unix:@other', null), host('unix:/work/@bus-1', null)]],
  ] as const) {
    it(`host ${pattern}`, () => {
      const list = new PatternList({ network: [pattern] }, WORKSPACE);
      for (const one of matched) assert.ok(list.matches(one), JSON.stringify(one.subject));
      for (const one of refused) assert.ok(!list.matches(one), JSON.stringify(one.subject));
    });
  }

  for (const [pattern, matched, refused] of [
    [
      'git status',
      [command('/usr/bin/git', 'status'), command('/usr/bin/git', 'status', '-s')],
      [
        command('/usr/bin/git', 'push'),
        command('/usr/bin/gitk', 'status'),
        command('/usr/bin/git'),
        // One that lies in the workspace, and one that was not found.
        command('/work/git', 'status'),
        command('git', 'status'),
      ],
    ],
    ['npm run *', [command('/usr/bin/npm', 'run', 'build')], [command('/usr/bin/npm', 'install')]],
    ['/usr/bin/git', [command('/usr/bin/git', 'x')], [command('/tmp/git', 'x'), command('git', 'x')]],
    ['bin/tool *', [command('/work/bin/tool', 'x')], [command('/bin/tool', 'x'), command('bin/tool', 'x')]],
    ['echo "two words"', [command('/usr/bin/echo', 'two words')], [command('/usr/bin/echo', 'two', 'words')]],
  ] as const) {
    it(`command ${pattern}`, () => {
      const list = new PatternList({ subprocess: [pattern] }, WORKSPACE);
      for (const one of matched) assert.ok(list.matches(one), JSON.stringify(one.subject));
      for (const one of refused) assert.ok(!list.matches(one), JSON.stringify(one.subject));
    });
  }

  it('a command is denied by any name that it has', () => {
    const list = new PatternList({ subprocess: ['rm'] }, WORKSPACE);
    for (const called of ['rm', '/usr/bin/rm', '/work/rm']) assert.ok(list.touches(command(called, 'x')), called);
    const subject = { kind: 'command', argv: ['/work/ls', 'x'], real: '/usr/bin/rm', named: false } as const;
    assert.ok(list.touches(target('subprocess', subject)));
    assert.ok(!list.touches(command('/usr/bin/rmdir')));
  });

  it('environment LANG*', () => {
    const list = new PatternList({ environment: ['LANG*'] }, WORKSPACE);
    assert.ok(list.matches(variable('LANGUAGE')));
    assert.ok(!list.matches(variable('AWS_SECRET')));
    assert.ok(!list.matches(variable(null)));
    assert.ok(list.touches(variable(null)), 'the whole environment has it, too');
  });

  for (const [category, pattern, message] of [
    ['read', 'data**', /stands for whole folders/],
    ['read', 'a\0b', /no NUL character/],
    ['network', 'https://example.com/', /It is a host/],
    ['network', 'a b', /It is a host/],
    ['network', 'example.com:99999', /It is a host/],
    ['subprocess', '   ', /the beginning of a command/],
  ] as const) {
    it(`refuses ${JSON.stringify(pattern)} for ${category} and says how it would be right`, () => {
      assert.throws(() => new PatternList({ [category]: [pattern] }, WORKSPACE), { code: 'invalid', message });
    });
  }
});
