import assert from 'node:assert/strict';
import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Store } from '../../../backend/capabilities/store/store.ts';
import { store } from '../../../backend/capabilities/store.ts';
import { fails, perform, temporaryFolder } from './perform.ts';

describe('store', () => {
  const call = (stateFolder: string, params: object, payload = '') => perform(store, params, { stateFolder, payload });

  it('keeps values by key, in the order of their keys', async () => {
    const folder = await temporaryFolder();
    await call(folder, { operation: 'set', key: 'b' }, '{"x":[1,null]}');
    await call(folder, { operation: 'set', key: 'a' }, '"Ada 🎈"');
    await call(folder, { operation: 'set', key: 'b' }, '2');
    assert.deepEqual(JSON.parse((await call(folder, { operation: 'keys' })).text), ['b', 'a']);
    assert.deepEqual((await call(folder, { operation: 'get', key: 'a' })).text, '"Ada 🎈"');
    assert.equal((await call(folder, { operation: 'get', key: 'c' })).value, false);
    assert.equal((await call(folder, { operation: 'delete', key: 'b' })).value, true);
    assert.equal((await call(folder, { operation: 'delete', key: 'b' })).value, false);
    assert.deepEqual(JSON.parse((await call(folder, { operation: 'keys' })).text), ['a']);
  });

  it('what is acknowledged is in the file, which only its user can read', async () => {
    const file = path.join(await temporaryFolder(), 'store.json');
    const values = await Store.open(file);
    await Promise.all(Array.from({ length: 200 }, (_, index) => values.set(`k${index}`, String(index))));
    const again = await Store.open(file);
    assert.deepEqual(
      again.keys().map((key) => again.get(key)),
      Array.from({ length: 200 }, (_, index) => String(index)),
    );
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('a change is acknowledged when it is on disk, also one that came while the file was written', async () => {
    const file = path.join(await temporaryFolder(), 'store.json');
    const values = await Store.open(file);
    for (let round = 0; round < 20; round++) {
      const first = values.set('a', `${round}`);
      await values.set('b', `${round}`);
      const seen = await Store.open(file);
      assert.deepEqual([seen.get('a'), seen.get('b')], [`${round}`, `${round}`]);
      await first;
    }
  });

  it('a damaged file is left as it is, and said so', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'store.json');
    for (const text of ['', '{', '[]', '{"version":2,"values":[]}']) {
      await writeFile(file, text);
      await assert.rejects(
        call(folder, { operation: 'set', key: 'a' }, '1'),
        fails('failed', /damaged.*move it away/i),
      );
      assert.equal(await readFile(file, 'utf8'), text);
    }
    await rm(file);
    await call(folder, { operation: 'set', key: 'a' }, '1');
  });

  it('a change that cannot be written has not happened', async () => {
    const folder = await temporaryFolder();
    await call(folder, { operation: 'set', key: 'a' }, '1');
    const inTheWay = path.join(folder, 'store.json');
    await rm(inTheWay);
    await mkdir(inTheWay);
    await assert.rejects(
      call(folder, { operation: 'set', key: 'a' }, '2'),
      fails('failed', /It is a folder/, 'EISDIR'),
    );
    await assert.rejects(call(folder, { operation: 'delete', key: 'a' }), fails('failed', /It is a folder/, 'EISDIR'));
    assert.equal((await call(folder, { operation: 'get', key: 'a' })).text, '1');
    await rmdir(inTheWay);
    await call(folder, { operation: 'set', key: 'a' }, '3');
    assert.equal((await Store.open(path.join(folder, 'store.json'))).get('a'), '3');
  });

  it('has limits, and says them', async () => {
    const folder = await temporaryFolder();
    const set = (key: string, text: string) => call(folder, { operation: 'set', key }, text);
    await assert.rejects(set('a', `"${'x'.repeat(1024 * 1024)}"`), fails('invalid', /1,048,578 bytes.*1,048,576/));
    await assert.rejects(set('a', 'NaN'), fails('invalid', /not JSON/));
    await assert.rejects(set('', '1'), /The key is empty/);
    await assert.rejects(set('x'.repeat(501), '1'), /longer than 500/);
    const large = `"${'x'.repeat(1024 * 1024 - 2)}"`;
    for (let index = 0; index < 15; index++) await set(`k${index}`, large);
    await assert.rejects(set('k15', large), fails('failed', /The store is full: it holds 16 MiB/, 'ENOSPC'));
    await set('k0', '1');
    await set('k15', large);
  });
});
