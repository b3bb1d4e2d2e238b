import assert from 'node:assert/strict';
import path from 'node:path';
import { expand, searchPath } from '../../../backend/workers/search-path.ts';

describe('looking up programs', () => {
  it('goes through all folders with the first name, then with the second, and leaves out relative folders (not on Windows: other paths)', function () {
    if (process.platform === 'win32') this.skip();
    const env = { PATH: ['/a', 'b', '', '/c', '/a'].join(path.delimiter) };
    assert.deepEqual(searchPath(['x', 'y'], env), ['/a/x', '/c/x', '/a/y', '/c/y']);
    assert.deepEqual(searchPath(['x'], {}), []);
  });

  it('tells a name from a path, and knows the home folder', () => {
    const env = { HOME: path.resolve('/home/me') };
    assert.deepEqual(expand('python3.12', env), { file: 'python3.12', isName: true });
    assert.deepEqual(expand('./python', env), { file: './python', isName: false });
    assert.deepEqual(expand('~/bin/node', env), { file: path.resolve('/home/me/bin/node'), isName: false });
    assert.deepEqual(expand('~/bin/node', {}), { file: '~/bin/node', isName: false });
    assert.deepEqual(expand('~other/node', env).file, '~other/node');
  });
});
