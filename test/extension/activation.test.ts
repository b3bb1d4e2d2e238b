import assert from 'node:assert/strict';
import { holdfast } from './support/holdfast.ts';

describe('activation', () => {
  it('starts no process and knows of no session', async () => {
    const api = await holdfast();
    assert.equal(api.backendPid(), undefined);
    assert.deepEqual([api.sessions(), api.results(), api.prompts()], [[], [], []]);
  });
});
