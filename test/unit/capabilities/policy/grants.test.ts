import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allowanceOf, Grants, type NewGrant } from '../../../../backend/capabilities/policy/grants.ts';
import { targetOf } from '../../../../backend/capabilities/policy/target.ts';

describe('remembered answers', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hf-grants-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = (workspace: string) =>
    new Grants(
      { workspace: path.join(folder, `${workspace}.json`), always: path.join(folder, 'always.json') },
      () => {},
    );
  const grant = (target: string, scope: NewGrant['scope'] = 'always'): NewGrant => ({
    effect: 'allow',
    category: 'network',
    target,
    digest: null,
    scope,
    origin: 'person',
    sessionId: null,
    location: null,
  });
  const found = async (grants: Grants, host: string) => {
    const target = await targetOf({ category: 'network', operation: 'fetch', host, port: 1 }, []);
    return grants.find({ target, origin: 'person', sessionId: 's' });
  };

  it('of the user are shared by the backends of all workspaces: none overwrites another, and a revoked one is gone everywhere', async () => {
    const [one, other] = [open('one'), open('other')];
    const [first] = await Promise.all([one.add(grant('a:1')), other.add(grant('b:1'))]);
    for (const grants of [one, other]) {
      assert.equal(await found(grants, 'a'), 'allow');
      assert.equal(await found(grants, 'b'), 'allow');
    }
    await other.revoke(first.grantId);
    await one.add(grant('c:1'));
    for (const grants of [one, other, open('third')]) {
      assert.equal(await found(grants, 'a'), undefined);
      assert.equal(await found(grants, 'c'), 'allow');
    }
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('lock')),
      [],
    );
  });

  it('to run a command keep no password that is in it, and hold for that command only', async () => {
    const run = (...argv: string[]) => targetOf({ category: 'subprocess', operation: 'run', argv, cwd: '/w' }, []);
    const login = await run('login', '--password', 's3cret');
    const rest = { scope: 'always', origin: 'person', sessionId: null, location: null } as const;
    await open('one').add(allowanceOf(login, login.covers ?? '', rest));
    const ask = (target: typeof login) => open('two').find({ target, origin: 'person', sessionId: 's' });
    assert.equal(await ask(login), 'allow');
    assert.equal(await ask(await run('login', '--password', 'other')), undefined);
    assert.ok(!(await readFile(path.join(folder, 'always.json'), 'utf8')).includes('s3cret'));
  });

  it('of a workspace hold there only', async () => {
    const [one, other] = [open('one'), open('other')];
    await one.add(grant('a:1', 'workspace'));
    assert.equal(await found(open('one'), 'a'), 'allow');
    assert.equal(await found(other, 'a'), undefined);
  });

  it('in a damaged file are asked again, and the file is kept', async () => {
    await writeFile(path.join(folder, 'always.json'), '{"version":1,"grants":[{}]}');
    const grants = open('one');
    assert.deepEqual(await grants.list(), []);
    await grants.add(grant('a:1'));
    assert.equal(await found(open('two'), 'a'), 'allow');
    assert.match(await readFile(path.join(folder, 'always.json.damaged'), 'utf8'), /version/);
  });
});
